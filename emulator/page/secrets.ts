import { groupOfClientId } from "../facts/identifiers";
import { DecodeError, object, text } from "../foundation/decode";
import type { Service } from "../service/service";
import type { AccountSecret, DeviceSecret } from "./view";

const decodeDevice = object({ instanceId: text, clientId: text });
const decodeAccount = object({ accessKeyId: text });

/** What one device logs in with. */
export function deviceSecret(service: Service, request: unknown): DeviceSecret {
  const { instanceId, clientId } = decodeDevice(request, "");
  const instance = service.state.instances.get(instanceId);
  const credential = instance?.credentials.of(groupOfClientId(clientId) ?? "").get(clientId);
  if (instance === undefined || credential === undefined) {
    throw new DecodeError("clientId: there is no credential of this client");
  }
  const login = service.deviceLogin({ instance, credential });
  const { username, password, deviceAccessKeyId, deviceAccessKeySecret, host, ports, mosquittoPub } = login;
  const tryIt = mosquittoPub === undefined ? {} : { mosquittoPub };
  return { host, port: ports.mqtt, username, password, deviceAccessKeyId, deviceAccessKeySecret, ...tryIt };
}

/** The secret of one key pair of an account. */
export function accountSecret({ state }: Service, request: unknown): AccountSecret {
  const accessKey = state.accessKeys.get(decodeAccount(request, "").accessKeyId);
  if (accessKey === undefined) throw new DecodeError("accessKeyId: there is no such key pair");
  return { accessKeySecret: accessKey.accessKeySecret };
}
