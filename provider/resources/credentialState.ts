import { constants, createHash, publicEncrypt } from "node:crypto";
import type { deviceCredential as outline } from "../../kinds/deviceCredential";
import { mqttPassword, mqttUsername } from "../../kinds/deviceLogin";
import { timeAfter } from "../../kinds/duration";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import { HalfMadeError, MqttProviderError } from "../errors";
import type { Known } from "../kind";
import type { Credential, DeviceRef } from "../service/deviceCredentials";

type Inputs = InputsOf<typeof outline>;
type Outputs = OutputsOf<typeof outline>;
export type State = Known<typeof outline.inputs, typeof outline.outputs>;

/** A device, and what is to be kept of its credential. */
export type Wishes = DeviceRef & Pick<Partial<Inputs>, "secretMode" | "recipient" | "rotateAfter">;

/** What state tells of a credential in every secret mode. */
export interface StoredCredential extends Omit<Credential, "deviceAccessKeySecret"> {
  readonly secretFingerprint: string;
}

export function storedCredential(state: State): StoredCredential | undefined {
  const { deviceAccessKeyId, deviceAccessKeySecret, createTime, updateTime } = state;
  const secretFingerprint = deviceAccessKeySecret ? fingerprint(deviceAccessKeySecret) : state.secretFingerprint;
  return deviceAccessKeyId && secretFingerprint && createTime && updateTime
    ? { deviceAccessKeyId, secretFingerprint, createTime, updateTime }
    : undefined;
}

/** What state would tell of a credential. */
export function storedOf({ deviceAccessKeySecret, ...credential }: Credential): StoredCredential {
  return { ...credential, secretFingerprint: fingerprint(deviceAccessKeySecret) };
}

/** Whether a credential was issued after the one that state knows. */
export function isNew(found: Credential | undefined, stored: StoredCredential | undefined): boolean {
  return found !== undefined && fingerprint(found.deviceAccessKeySecret) !== stored?.secretFingerprint;
}

/** The outputs of a credential that the service has shown. */
export function describe(wishes: Wishes, credential: Credential): Outputs {
  const { clientId, secretMode, recipient } = wishes;
  const { deviceAccessKeySecret } = credential;
  const open = openOutputs(wishes, storedOf(credential));
  const password = mqttPassword(deviceAccessKeySecret, clientId);
  switch (secretMode) {
    case "discard":
      return open;
    case "sealed":
      try {
        return {
          ...open,
          sealedSecret: sealed(deviceAccessKeySecret, recipient),
          sealedPassword: sealed(password, recipient),
        };
      } catch {
        throw halfMade(open, [cannotSeal(wishes)]);
      }
    default:
      return { ...open, deviceAccessKeySecret, mqttPassword: password };
  }
}

/** A failure that leaves a credential otherwise than state has it: nothing of the secret before it may stay. */
export function halfMade(outputs: Outputs, causes: readonly unknown[]): HalfMadeError {
  return new HalfMadeError({ ...noSecret, ...outputs }, causes);
}

const noSecret = {
  deviceAccessKeySecret: undefined,
  mqttPassword: undefined,
  sealedSecret: undefined,
  sealedPassword: undefined,
};

/** Whether the outputs follow from state alone. */
export function isAtHand({ secretMode, recipient }: Partial<Wishes>, known: State): boolean {
  const isSealed = Boolean(known.sealedSecret && known.sealedPassword) && recipient === known.recipient;
  return (
    storedCredential(known) !== undefined &&
    (Boolean(known.deviceAccessKeySecret) || secretMode === "discard" || (secretMode === "sealed" && isSealed))
  );
}

/** The outputs as they follow from state alone; undefined when they take a secret that state does not hold. */
export function describeStored(wishes: Wishes, known: State): Outputs | undefined {
  const stored = storedCredential(known);
  const { deviceAccessKeySecret, sealedSecret, sealedPassword } = known;
  if (!stored || !isAtHand(wishes, known)) {
    return undefined;
  }
  if (deviceAccessKeySecret) {
    return describe(wishes, { ...stored, deviceAccessKeySecret });
  }
  const open = openOutputs(wishes, stored);
  return wishes.secretMode === "sealed" && sealedSecret && sealedPassword
    ? { ...open, sealedSecret, sealedPassword }
    : open;
}

function openOutputs({ instanceId, rotateAfter }: Wishes, stored: StoredCredential): Outputs {
  const { deviceAccessKeyId, secretFingerprint, createTime, updateTime } = stored;
  const nextRotation = rotateAfter && timeAfter(updateTime, rotateAfter);
  return {
    deviceAccessKeyId,
    secretFingerprint,
    createTime,
    updateTime,
    ...(nextRotation && { nextRotation }),
    mqttUsername: mqttUsername(deviceAccessKeyId, instanceId),
  };
}

function sealed(text: string, recipient = ""): string {
  const key = { key: recipient, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return publicEncrypt(key, Buffer.from(text)).toString("base64");
}

function cannotSeal({ instanceId, clientId }: Wishes): MqttProviderError {
  return new MqttProviderError({
    kind: "InvalidInput",
    action: "Sealing",
    object: `${clientId} on instance ${instanceId}`,
    problem: "the recipient's key cannot take the secret, which is longer than the key allows",
    advice:
      "The credential is in state without its secret: give a recipient with a larger key, and the next `pulumi up` seals to it",
  });
}

export function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 12);
}
