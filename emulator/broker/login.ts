import * as customAuth from "../access/customAuth";
import { editions } from "../facts/editions";
import { compositeKey, groupOfClientId, isFreeClientId } from "../facts/identifiers";
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

/** A login that is turned away. */
export interface RefusedLogin {
  readonly accepted: false;
  readonly refusal: LoginRefusal;
  /** Which check failed, and what was expected; without any secret. */
  readonly why: string;
  readonly instance: Instance | undefined;
}

export type Login = { readonly accepted: true; readonly instance: Instance; readonly rights: Rights } | RefusedLogin;

type Refusal = Pick<RefusedLogin, "refusal" | "why">;

/** Who a client turns out to be, or why it is turned away. */
type Identification = Rights | Refusal;

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
    if (credential === undefined) return wrongName(`no device credential is registered for ${clientId}`);
    if (credential.deviceAccessKeyId !== keyId) {
      return wrongName(`the user name has the key id ${keyId}, the device credential another one`);
    }
    return isSameSecret(password, signedPassword(credential.deviceAccessKeySecret, clientId))
      ? allTopics
      : wrongName(signatureOf("DeviceAccessKeySecret"));
  },
  Signature: ({ state }, instance, keyId, { clientId, password }) => {
    const accessKey = state.accessKeys.get(keyId);
    if (accessKey === undefined) return unknownKey(keyId);
    // A temporary key pair needs its security token, which this login has no place for.
    if (accessKey.securityToken !== undefined) return wrongName("a temporary AccessKey pair cannot log in a device");
    if (!isSameSecret(password, signedPassword(accessKey.accessKeySecret, clientId))) {
      return wrongName(signatureOf("AccessKeySecret"));
    }
    return isOwner(accessKey, instance) ? allTopics : foreignKey(keyId);
  },
  Token: (service, instance, keyId, { password }) => {
    const accessKey = service.state.accessKeys.get(keyId);
    if (accessKey === undefined) return unknownKey(keyId);
    if (!isOwner(accessKey, instance)) return foreignKey(keyId);
    return (
      rightsOfTokens(service, instance, password) ??
      notAuthorized("the password is to be R|token, W|token or RW|token, joined by |, of tokens that are all valid")
    );
  },
};

function wrongName(why: string): Refusal {
  return { refusal: "bad user name or password", why };
}

function notAuthorized(why: string): Refusal {
  return { refusal: "not authorized", why };
}

function unknownKey(keyId: string): Refusal {
  return wrongName(`there is no AccessKey ${keyId}`);
}

function foreignKey(keyId: string): Refusal {
  return notAuthorized(`the AccessKey ${keyId} is of another account than the instance`);
}

function signatureOf(secret: string): string {
  return `the password is not base64(HMAC-SHA1(${secret}, client id))`;
}

function isOwner({ accountId }: AccessKey, { properties }: Instance): boolean {
  return accountId === properties.accountId;
}

function logInWithCustomName(service: Service, attempt: LoginAttempt): Login {
  const { username = "", password, clientId } = attempt;
  const { editionOfConnection, customClientId } = service.state.assumptions;
  const instance = customInstance(service, attempt);
  const identify = (known: Instance): Identification => {
    if (!editions[known.properties.edition].customAuth && editionOfConnection === "refused") {
      return notAuthorized("custom authentication needs an instance of the Professional or Platinum edition");
    }
    if (customAuth.isBlacklisted(known, clientId))
      return notAuthorized(`the client id ${clientId} is on the blacklist`);
    if (customAuth.authenticate(known, { username, password, clientId }) === undefined) {
      return wrongName(`there is no identity of the user name ${username} with this password`);
    }
    return customRights(service, known, { username, clientId });
  };
  const isFree = customClientId === "anything" && isFreeClientId(clientId);
  return admit(service, attempt, instance, identify, isFree);
}

/** An own user name does not tell the instance: the host does, else the first instance that knows the name (assumed). */
function customInstance({ state }: Service, attempt: LoginAttempt): Instance | undefined {
  const { host, certifiedFor, username = "", clientId } = attempt;
  const named = certifiedFor ?? instanceOfHost(state.instances, host);
  if (named !== undefined) return named;
  const keys = [compositeKey("CLIENT", username, clientId), compositeKey("USER", username, "")];
  return state.instances.values().find(({ customAuthIdentities }) => keys.some((key) => customAuthIdentities.has(key)));
}

/** Clients reach an instance as `<instanceId>.mqtt.aliyuncs.com` (inferred), in a VPC with `-internal-vpc` (documented). */
export function instanceOfHost(
  instances: { get(id: string): Instance | undefined },
  host: string | undefined,
): Instance | undefined {
  const name = /^([\w-]+)\.mqtt\.aliyuncs\.com(:\d+)?$/i.exec(host ?? "")?.[1] ?? "";
  return instances.get(name) ?? instances.get(name.replace(/-internal-vpc$/, ""));
}

/** What holds for every login, whoever it is. */
function admit(
  { state }: Service,
  { clientId, certifiedFor, username = "" }: LoginAttempt,
  instance: Instance | undefined,
  identify: (instance: Instance) => Identification,
  isClientIdFree = false,
): Login {
  const { clientOfUnknownGroup, secondConnection, unknownInstance } = state.assumptions;
  const refuse = ({ refusal, why }: Refusal): Login => ({ accepted: false, refusal, why, instance });
  const rejectId = (why: string) => refuse({ refusal: "identifier rejected", why });
  const unavailable = (why: string) => refuse({ refusal: "server unavailable", why });
  const groupId = groupOfClientId(clientId);
  if (groupId === undefined && !isClientIdFree) {
    return rejectId("the client id is not <GroupID>@@@<DeviceID> of at most 64 characters");
  }
  if (instance === undefined) {
    const { mode, instanceId } = parseUsername(username);
    if (mode === undefined) return refuse(wrongName(`no instance knows the user name ${username}`));
    const why = `there is no instance ${instanceId}`;
    return refuse(unknownInstance === "notAuthorized" ? notAuthorized(why) : wrongName(why));
  }
  if (certifiedFor !== undefined && certifiedFor !== instance) {
    return refuse(notAuthorized("the certificate is of another instance than the user name"));
  }
  if (instance.closedAccess.has("public")) return unavailable("the instance is closed for public access");
  const identification = identify(instance);
  if ("refusal" in identification) return refuse(identification);
  const isGroupMissing = groupId !== undefined && !isClientIdFree && !instance.groups.has(groupId);
  if (isGroupMissing && clientOfUnknownGroup === "refused") {
    return refuse(notAuthorized(`the instance has no group ${groupId}`));
  }
  const isConnected = instance.sessions.has(clientId);
  if (isConnected && secondConnection === "refused") return rejectId("a connection with this client id is there");
  const { maxConnections = Number.POSITIVE_INFINITY } = instance.properties;
  if (!isConnected && instance.sessions.size >= maxConnections) {
    return unavailable(`the instance takes ${maxConnections} connections, and they are there`);
  }
  return { accepted: true, instance, rights: identification };
}
