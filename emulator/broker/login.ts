import * as customAuth from "../access/customAuth";
import { compositeKey, groupOfClientId } from "../facts/identifiers";
import { isSameSecret, signedPassword } from "../facts/loginPassword";
import type { LoginRefusal } from "../service/faultForms";
import type { Service } from "../service/service";
import type { AccessKey, Instance } from "../state/state";
import { allTopics, customRights, type Rights, rightsOfTokens } from "./rights";

/** What a client says of itself in its CONNECT packet, and what its connection says. */
export interface LoginAttempt {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string;
  readonly host: string | undefined;
  /** The instance that has accepted the certificate the client showed. */
  readonly certifiedFor: Instance | undefined;
}

export type Login =
  | { readonly accepted: true; readonly instance: Instance; readonly rights: Rights }
  | { readonly accepted: false; readonly refusal: LoginRefusal; readonly instance: Instance | undefined };

/** Who a client turns out to be, or why it is turned away. */
type Identification = Rights | LoginRefusal;

/** Checks one of the four kinds of login, or a certificate in place of one. What is refused by which code is assumed. */
export function logIn(service: Service, attempt: LoginAttempt): Login {
  const { state } = service;
  const { certificateLogin } = state.assumptions;
  const isNamed = attempt.username !== undefined;
  const isCertificateEnough =
    certificateLogin === "certificateOnly" || (certificateLogin === "loginIfGiven" && !isNamed);
  if (attempt.certifiedFor !== undefined && isCertificateEnough) {
    return admit(service, attempt, attempt.certifiedFor, () => allTopics);
  }
  const { mode, keyId, instanceId } = parseUsername(attempt.username ?? "");
  if (mode === undefined) return logInWithCustomName(service, attempt);
  const identify = (instance: Instance) => identifiers[mode](service, instance, keyId, attempt);
  return admit(service, attempt, state.instances.get(instanceId), identify);
}

const modes = ["DeviceCredential", "Signature", "Token"] as const;
type Mode = (typeof modes)[number];

/** `<mode>|<key id>|<instance id>` (documented); any other user name is one of custom authentication. */
function parseUsername(username: string) {
  const [name, keyId = "", instanceId = "", ...rest] = username.split("|");
  const mode = rest.length === 0 && instanceId !== "" ? modes.find((known) => known === name) : undefined;
  return { mode, keyId, instanceId };
}

type Identify = (service: Service, instance: Instance, keyId: string, attempt: LoginAttempt) => Identification;

const identifiers: Readonly<Record<Mode, Identify>> = {
  DeviceCredential: (_, { credentials }, keyId, { clientId, password }) => {
    const credential = credentials.of(groupOfClientId(clientId) ?? "").get(clientId);
    const isRight =
      credential?.deviceAccessKeyId === keyId &&
      isSameSecret(password, signedPassword(credential.deviceAccessKeySecret, clientId));
    return isRight ? allTopics : "bad user name or password";
  },
  Signature: ({ state }, instance, keyId, { clientId, password }) => {
    const accessKey = state.accessKeys.get(keyId);
    // A temporary key pair needs its security token, which this login has no place for.
    const isRight =
      accessKey !== undefined &&
      accessKey.securityToken === undefined &&
      isSameSecret(password, signedPassword(accessKey.accessKeySecret, clientId));
    if (!isRight) return "bad user name or password";
    return isOwner(accessKey, instance) ? allTopics : "not authorized";
  },
  Token: (service, instance, keyId, { password }) => {
    const accessKey = service.state.accessKeys.get(keyId);
    if (accessKey === undefined) return "bad user name or password";
    if (!isOwner(accessKey, instance)) return "not authorized";
    return rightsOfTokens(service, instance, password) ?? "not authorized";
  },
};

function isOwner({ accountId }: AccessKey, { properties }: Instance): boolean {
  return accountId === properties.accountId;
}

function logInWithCustomName(service: Service, attempt: LoginAttempt): Login {
  const { username = "", password, clientId } = attempt;
  return admit(service, attempt, customInstance(service, attempt), (instance) => {
    if (customAuth.isBlacklisted(instance, clientId)) return "not authorized";
    if (customAuth.authenticate(instance, { username, password, clientId }) === undefined) {
      return "bad user name or password";
    }
    return customRights(service, instance, { username, clientId });
  });
}

/** An own user name does not tell the instance: the host does, else the first instance that knows the name (assumed). */
function customInstance({ state }: Service, attempt: LoginAttempt): Instance | undefined {
  const { host, certifiedFor, username = "", clientId } = attempt;
  const named = certifiedFor ?? instanceOfHost(state.instances, host);
  if (named !== undefined) return named;
  const keys = [compositeKey("CLIENT", username, clientId), compositeKey("USER", username, "")];
  return state.instances.values().find(({ customAuthIdentities }) => keys.some((key) => customAuthIdentities.has(key)));
}

/** Clients reach an instance as `<instanceId>.mqtt.aliyuncs.com` (inferred). */
export function instanceOfHost(
  instances: { get(id: string): Instance | undefined },
  host: string | undefined,
): Instance | undefined {
  return instances.get(/^([\w-]+)\.mqtt\.aliyuncs\.com(:\d+)?$/i.exec(host ?? "")?.[1] ?? "");
}

/** What holds for every login, whoever it is. */
function admit(
  { state }: Service,
  { clientId, certifiedFor }: LoginAttempt,
  instance: Instance | undefined,
  identify: (instance: Instance) => Identification,
): Login {
  const refuse = (refusal: LoginRefusal): Login => ({ accepted: false, refusal, instance });
  const groupId = groupOfClientId(clientId);
  if (groupId === undefined) return refuse("identifier rejected");
  if (instance === undefined) return refuse("bad user name or password");
  if (certifiedFor !== undefined && certifiedFor !== instance) return refuse("not authorized");
  if (instance.closedAccess.has("public")) return refuse("server unavailable");
  const identification = identify(instance);
  if (typeof identification === "string") return refuse(identification);
  const { clientOfUnknownGroup, secondConnection } = state.assumptions;
  if (!instance.groups.has(groupId) && clientOfUnknownGroup === "refused") return refuse("not authorized");
  const isConnected = instance.sessions.has(clientId);
  if (isConnected && secondConnection === "refused") return refuse("identifier rejected");
  const { maxConnections = Number.POSITIVE_INFINITY } = instance.properties;
  if (!isConnected && instance.sessions.size >= maxConnections) return refuse("server unavailable");
  return { accepted: true, instance, rights: identification };
}
