import { readFile } from "node:fs/promises";
import type { EmulatorProcess } from "../emulator/emulatorProcess";
import { VendorClient } from "../emulator/vendorClient";
import { createCa, privateKeyPem } from "../x509";
import type { Device, Login } from "./devices";

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
  readonly #emulator: EmulatorProcess;
  readonly #client: VendorClient;

  constructor(emulator: EmulatorProcess) {
    [this.instanceId] = emulator.instanceIds;
    this.#emulator = emulator;
    this.#client = new VendorClient(emulator.endpoint, emulator);
  }

  /** Sets up a device group and a CA, and gives a gateway a certificate of that CA. */
  async setUp(groupId: string): Promise<Gateway> {
    const { instanceId: MqttInstanceId } = this;
    await this.#client.call("CreateGroupId", { InstanceId: this.instanceId, GroupId: groupId });
    const ca = await createCa({ commonName: "Plant CA" });
    const { RegisterCode } = await this.#client.call("GetRegisterCode", { MqttInstanceId });
    await this.#client.call("RegisterCaCertificate", {
      MqttInstanceId,
      CaName: "plant",
      CaContent: ca.pem,
      VerificationContent: await ca.verification(String(RegisterCode)),
    });
    const { pem: cert, keys, serialNumber: deviceSn } = await ca.device({ commonName: "gateway" });
    return {
      name: "gateway",
      proof: "its certificate",
      url: this.#emulator.mqtts,
      options: {
        clientId: `${groupId}@@@gateway`,
        ca: await readFile(this.#emulator.caFile),
        cert,
        key: await privateKeyPem(keys),
      },
      serials: { caSn: ca.serialNumber, deviceSn },
    };
  }

  /** Removes what was set up. The service deletes the certificates that a CA has issued along with it (documented). */
  async clear(groupId: string, { caSn: Sn }: Serials): Promise<void> {
    const { instanceId: MqttInstanceId } = this;
    await this.#client.call("InactivateCaCertificate", { MqttInstanceId, Sn });
    await this.#client.call("DeleteCaCertificate", { MqttInstanceId, Sn });
    await this.#client.call("DeleteGroupId", { InstanceId: this.instanceId, GroupId: groupId });
  }

  /** Devices that have been given these logins. */
  sensors(logins: readonly Login[], proof: string): Device[] {
    return logins.map(({ clientId, username, password }) => ({
      name: clientId.replace(/^.*@@@/, ""),
      proof,
      url: this.#emulator.mqtt,
      options: { clientId, username, password },
    }));
  }

  async deregister(clientId: string): Promise<void> {
    await this.#client.call("UnRegisterDeviceCredential", { InstanceId: this.instanceId, ClientId: clientId });
  }

  async inactivate({ caSn, deviceSn }: Serials): Promise<void> {
    const { instanceId: MqttInstanceId } = this;
    await this.#client.call("InactivateDeviceCertificate", { MqttInstanceId, CaSn: caSn, DeviceSn: deviceSn });
  }

  async holdings(): Promise<Holdings> {
    const { instances = [] } = await this.#emulator.control.state();
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
    return (await this.#emulator.control.journal()).length;
  }
}
