import { readFile } from "node:fs/promises";
import OpenApi, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import type { JournalEntry, Seed } from "apsaramq-mqtt-emulator";
import { createCa, privateKeyPem } from "../x509";
import type { Device, Login } from "./devices";
import type { EmulatorAddress } from "./emulator";

type Parameters = Readonly<Record<string, string>>;

/** Serial numbers of a device certificate and its CA. */
export interface Serials {
  readonly caSn: string;
  readonly deviceSn: string;
}

/** A device that logs in with a certificate of its own. */
export interface Gateway extends Device {
  readonly serials: Serials;
}

/** What the service holds. */
export interface Holdings {
  readonly groups: number;
  /** Number of CA certificates. */
  readonly cas: number;
  /** Secrets of the credentials, by client id. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Statuses of the device certificates. */
  readonly certificates: readonly string[];
}

/** The world outside of Pulumi: administrators and devices of a plant, whose account is the emulator's. */
export class Plant {
  readonly instanceId: string;
  readonly #address: EmulatorAddress;
  readonly #api: OpenApi;

  constructor(address: EmulatorAddress) {
    const { endpoint, regionId, accessKeyId, accessKeySecret, instanceIds } = address;
    const { host } = new URL(endpoint);
    this.instanceId = instanceIds[0] ?? "";
    this.#address = address;
    this.#api = new OpenApi(new Config({ accessKeyId, accessKeySecret, regionId, endpoint: host, protocol: "http" }));
  }

  /** Sets up a device group and a CA, and gives a gateway a certificate of that CA. */
  async setUp(groupId: string): Promise<Gateway> {
    const { instanceId: MqttInstanceId } = this;
    await this.#call("CreateGroupId", { InstanceId: this.instanceId, GroupId: groupId });
    const ca = await createCa({ commonName: "Plant CA" });
    const { RegisterCode } = await this.#call("GetRegisterCode", { MqttInstanceId }, "GET");
    await this.#call("RegisterCaCertificate", {
      MqttInstanceId,
      CaName: "plant",
      CaContent: ca.pem,
      VerificationContent: await ca.verification(String(RegisterCode)),
    });
    const { pem: cert, keys, serialNumber: deviceSn } = await ca.device({ commonName: "gateway" });
    return {
      name: "gateway",
      proof: "its certificate",
      url: this.#address.mqtts,
      options: {
        clientId: `${groupId}@@@gateway`,
        ca: await readFile(this.#address.caFile),
        cert,
        key: await privateKeyPem(keys),
      },
      serials: { caSn: ca.serialNumber, deviceSn },
    };
  }

  /** Removes what was set up. The service deletes the certificates that a CA has issued along with it (documented). */
  async clear(groupId: string, { caSn: Sn }: Serials): Promise<void> {
    const { instanceId: MqttInstanceId } = this;
    await this.#call("InactivateCaCertificate", { MqttInstanceId, Sn });
    await this.#call("DeleteCaCertificate", { MqttInstanceId, Sn });
    await this.#call("DeleteGroupId", { InstanceId: this.instanceId, GroupId: groupId });
  }

  /** Devices that have been given these logins. */
  sensors(logins: readonly Login[], proof: string): Device[] {
    return logins.map(({ clientId, username, password }) => ({
      name: clientId.replace(/^.*@@@/, ""),
      proof,
      url: this.#address.mqtt,
      options: { clientId, username, password },
    }));
  }

  async deregister(clientId: string): Promise<void> {
    await this.#call("UnRegisterDeviceCredential", { InstanceId: this.instanceId, ClientId: clientId });
  }

  async inactivate({ caSn, deviceSn }: Serials): Promise<void> {
    const { instanceId: MqttInstanceId } = this;
    await this.#call("InactivateDeviceCertificate", { MqttInstanceId, CaSn: caSn, DeviceSn: deviceSn });
  }

  async holdings(): Promise<Holdings> {
    const { instances = [] }: Seed = await this.#control("state");
    const credentials = instances.flatMap((instance) => instance.credentials ?? []);
    const cas = instances.flatMap((instance) => instance.caCertificates ?? []);
    const certificates = cas.flatMap((ca) => ca.deviceCertificates ?? []);
    return {
      groups: instances.flatMap((instance) => instance.groups ?? []).length,
      cas: cas.length,
      secrets: new Map(
        credentials.map(({ clientId, deviceAccessKeySecret = "" }) => [clientId, deviceAccessKeySecret]),
      ),
      certificates: certificates.map(({ status = "active" }) => status),
    };
  }

  /** How many requests the service has had, signed or not. */
  async requestCount(): Promise<number> {
    const { entries }: { entries: readonly JournalEntry[] } = await this.#control("journal");
    return entries.length;
  }

  /** Calls an action of the service, signed with the account's keys. */
  async #call(action: string, query: Parameters, method = "POST"): Promise<Record<string, unknown>> {
    const params = new Params({
      action,
      version: "2020-04-20",
      protocol: "HTTP",
      pathname: "/",
      method,
      authType: "AK",
      style: "RPC",
      reqBodyType: "formData",
      bodyType: "json",
    });
    const { body } = await this.#api.callApi(params, new OpenApiRequest({ query }), new RuntimeOptions({}));
    return body;
  }

  async #control(path: string) {
    const response = await fetch(`${this.#address.endpoint}/_emulator/${path}`).catch((cause) => {
      throw new Error("the emulator does not answer", { cause });
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`the emulator refused ${path}: ${body}`);
    return JSON.parse(body);
  }
}
