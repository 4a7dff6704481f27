import { typeOf } from "../../kinds/inState";

export interface Imported {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What a stack would export after an import of these, as far as this package's resources go. */
export function exportedState(
  resources: readonly Imported[],
  {
    stack = "prod",
    project = "plant",
    ...more
  }: { stack?: string; project?: string; [property: string]: unknown } = {},
): object {
  const urnOf = (type: string, name: string) => `urn:pulumi:${stack}::${project}::${type}::${name}`;
  const root = { urn: urnOf("pulumi:pulumi:Stack", `${project}-${stack}`), custom: false, type: "pulumi:pulumi:Stack" };
  const entries = resources.map(({ type, name, id, inputs, outputs }, index) => ({
    urn: urnOf(type, name),
    custom: true,
    id,
    type,
    inputs,
    outputs,
    parent: root.urn,
    sourcePosition: `project:///index.ts#${index + 1},7`,
    ...more,
  }));
  return { version: 3, deployment: { manifest: {}, resources: [root, ...entries] } };
}

/** A device of a stack, as state has one; its secret is encrypted. */
export function device(instanceId: string, clientId: string, outputs: object = {}): Imported {
  const [groupId = "", deviceId = ""] = clientId.split("@@@");
  const inputs = { instanceId, clientId, groupId, deviceId };
  return {
    type: typeOf("DeviceCredential"),
    name: deviceId,
    id: [instanceId, clientId].map(encodeURIComponent).join("/"),
    inputs,
    outputs: {
      ...inputs,
      deviceAccessKeyId: `key-of-${deviceId}`,
      secretFingerprint: "000000000000",
      createTime: "2026-01-01T00:00:00.000Z",
      updateTime: "2026-01-01T00:00:00.000Z",
      mqttUsername: "-",
      deviceAccessKeySecret: encrypted,
      mqttPassword: encrypted,
      ...outputs,
    },
  };
}

export const encrypted = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:AAAAAAAAAAAAAAAA:AAAA",
};
