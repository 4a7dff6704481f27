import OpenApi, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import type { JournalEntry, Seed } from "apsaramq-mqtt-emulator";
import { createCa } from "../../test/certificates";
import type { EmulatorAddress } from "./emulator";

type Parameters = Readonly<Record<string, string>>;

/** Serial numbers of a device certificate and its CA. */
export interface Serials {
  readonly caSn: string;
  readonly deviceSn: string;
}

type TlsAnswer = ({ readonly accepted: true } & Serials) | { readonly accepted: false; readonly reason: string };

/** What the service holds. */
export interface Holdings {
  /** Secrets of the credentials, by client id. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Statuses of the device certificates. */
  readonly certificates: readonly string[];
}

/** The world outside of Pulumi: administrators and devices of a plant, whose account is the emulator's. */
export class Plant {
  readonly instanceId: string;
  readonly #endpoint: string;
  readonly #api: OpenApi;

  constructor({ endpoint, regionId, accessKeyId, accessKeySecret, instanceIds: [instanceId = ""] }: EmulatorAddress) {
    const { host } = new URL(endpoint);
    this.instanceId = instanceId;
    this.#endpoint = endpoint;
    this.#api = new OpenApi(new Config({ accessKeyId, accessKeySecret, regionId, endpoint: host, protocol: "http" }));
  }

  /** Sets up a device group and a CA, and lets a gateway connect with a certificate of that CA. */
  async setUp(groupId: string): Promise<Serials> {
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
    return this.#connect((await ca.device({ commonName: "gateway" })).pem);
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
    const certificates = instances
      .flatMap((instance) => instance.caCertificates ?? [])
      .flatMap((ca) => ca.deviceCertificates ?? []);
    return {
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

  /** Does what the TLS connection of a device would do. */
  async #connect(certificate: string): Promise<Serials> {
    const body = JSON.stringify({ instanceId: this.instanceId, certificate });
    const answer: TlsAnswer = await this.#control("tls-connections", { method: "POST", body });
    if (!answer.accepted) throw new Error(`the gateway was not let in: ${answer.reason}`);
    return { caSn: answer.caSn, deviceSn: answer.deviceSn };
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

  async #control(path: string, init?: RequestInit) {
    const response = await fetch(`${this.#endpoint}/_emulator/${path}`, init).catch((cause) => {
      throw new Error("the emulator does not answer", { cause });
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`the emulator refused ${path}: ${body}`);
    return JSON.parse(body);
  }
}
