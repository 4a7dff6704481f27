import { groupOfClientId } from "../facts/identifiers";
import { signedPassword } from "../facts/loginPassword";
import { DecodeError, object, text } from "../foundation/decode";
import type { State } from "../state/state";
import type { AccountSecret, DeviceSecret } from "./view";

const decodeDevice = object({ instanceId: text, clientId: text });
const decodeAccount = object({ accessKeyId: text });

/** What one device logs in with. */
export function deviceSecret({ instances }: State, request: unknown): DeviceSecret {
  const { instanceId, clientId } = decodeDevice(request, "");
  const credential = instances
    .get(instanceId)
    ?.credentials.of(groupOfClientId(clientId) ?? "")
    .get(clientId);
  if (credential === undefined) throw new DecodeError("clientId: there is no credential of this client");
  const { deviceAccessKeyId, deviceAccessKeySecret } = credential;
  return {
    username: `DeviceCredential|${deviceAccessKeyId}|${instanceId}`,
    password: signedPassword(deviceAccessKeySecret, clientId),
    deviceAccessKeyId,
    deviceAccessKeySecret,
  };
}

/** The secret of one key pair of an account. */
export function accountSecret({ accessKeys }: State, request: unknown): AccountSecret {
  const accessKey = accessKeys.get(decodeAccount(request, "").accessKeyId);
  if (accessKey === undefined) throw new DecodeError("accessKeyId: there is no such key pair");
  return { accessKeySecret: accessKey.accessKeySecret };
}
