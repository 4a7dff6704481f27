import type { Assumptions } from "../facts/assumptions";
import { compositeKey } from "../facts/identifiers";
import { isSameSecret, signedPassword } from "../facts/loginPassword";
import { covers, overlap } from "../facts/topics";
import type { CustomAuthIdentity, CustomAuthPermission, IdentityType, Instance } from "../state/state";

/** A client that asks to connect with a name and password of its owner's choice. */
export interface CustomLogin {
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
}

/** A client that was let in. */
export type CustomClient = Pick<CustomLogin, "username" | "clientId">;

/** Whose identity it is, or undefined for a refusal. That of the client itself counts before that of its user name. */
export function authenticate(instance: Instance, login: CustomLogin): CustomAuthIdentity | undefined {
  const { customAuthIdentities: identities } = instance;
  const identity =
    identities.get(compositeKey("CLIENT", login.username, login.clientId)) ??
    identities.get(compositeKey("USER", login.username, ""));
  return identity !== undefined && isSameSecret(login.password, expectedPassword(identity, login.clientId))
    ? identity
    : undefined;
}

/** The secret itself, or the client id signed with it (documented). */
function expectedPassword({ signMode, secret }: CustomAuthIdentity, clientId: string): string {
  return signMode === "ORIGIN" ? secret : signedPassword(secret, clientId);
}

export function isBlacklisted({ customAuthConnectBlacks }: Instance, clientId: string): boolean {
  return customAuthConnectBlacks.has(clientId);
}

/** Whether a client may publish to a topic or subscribe to a topic filter; see the assumption `customAuthRules`. */
export function may(
  instance: Instance,
  client: CustomClient,
  operation: "PUB" | "SUB",
  topic: string,
  assumptions: Assumptions,
): boolean {
  const rules = [
    ...permissionsOf(instance, "USER", client.username),
    ...permissionsOf(instance, "CLIENT", client.clientId),
  ].filter(({ permitAction }) => permitAction.includes(operation));
  if (rules.some((rule) => rule.effect === "DENY" && overlap(rule.topic, topic))) return false;
  if (rules.some((rule) => rule.effect === "ALLOW" && covers(rule.topic, topic))) return true;
  return assumptions.customAuthWithoutRule === "allowed";
}

/** They stand together: their keys begin with the identity. */
function permissionsOf(
  { customAuthPermissions }: Instance,
  type: IdentityType,
  identity: string,
): CustomAuthPermission[] {
  const found: CustomAuthPermission[] = [];
  const start = customAuthPermissions.indexAfter(compositeKey(type, identity, ""));
  for (let index = start; ; index++) {
    const [permission] = customAuthPermissions.values(index, 1);
    if (permission?.identityType !== type || permission.identity !== identity) return found;
    found.push(permission);
  }
}
