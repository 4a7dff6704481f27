import type { Fault } from "../../kinds/fields";
import type { GivenConnection } from "../../kits/connection";
import { kitFaults } from "../../kits/kit";
import { harmless } from "../reports/words";
import { isObject, nameOf, readJson } from "../stacks/document";

/** What is given for a login, and where it stands in the document. */
interface GivenLogin {
  readonly path: string;
  readonly value: unknown;
}

const members = ["clientId", "username", "password"] as const;
const expected = "logins, as `pulumi stack output <name> --show-secrets --json` prints them";
/** What Pulumi writes for a value that it hides, and for one that it does not know. */
const untold = new Map<unknown, string>([
  ["[secret]", "is hidden: add --show-secrets"],
  ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "is not known: the update that was to make it has not come to its end"],
]);
const shown = 10;

/** The logins of a document: one, or each of a list or a map. */
export async function readLogins(source: string): Promise<GivenLogin[]> {
  const document = await readJson(source, expected);
  const isOne = isObject(document) && members.some((name) => name in document && !isObject(document[name]));
  if (isOne) {
    return [{ path: "login", value: document }];
  }
  if (typeof document !== "object" || document === null) {
    throw new Error(`${nameOf(source)} ${untold.get(document) ?? `is something else: it is to be ${expected}`}`);
  }
  const logins = Object.entries(document).map(([name, value]) => ({
    path: Array.isArray(document) ? `[${name}]` : harmless(name),
    value,
  }));
  if (logins.length === 0) {
    throw new Error(`${nameOf(source)} holds no login`);
  }
  return logins;
}

/** What a kit is made of, for each login: fails, and says which are wrong, unless all are right. */
export function connectionsOf(
  logins: readonly GivenLogin[],
  broker: Omit<GivenConnection, "login">,
): GivenConnection[] {
  const holders = new Map<string, string>();
  const faults: string[] = [];
  const connections: GivenConnection[] = [];
  for (const { path, value } of logins) {
    const login = loginIn(value);
    const given = { ...broker, login, ...topicsFor(isObject(login) ? login.clientId : undefined, broker) };
    const hidden = untoldFaults(value);
    const found = hidden.length > 0 ? hidden : kitFaults(given);
    if (found.length > 0) {
      faults.push(...found.map((one) => `${one.path.replace(/^login\b/, () => path)} ${one.fault}`));
      continue;
    }
    // What has no faults is a login.
    const connection = given as GivenConnection;
    const { clientId } = connection.login;
    const holder = holders.get(clientId);
    if (holder !== undefined) faults.push(`${path}.clientId is that of ${holder} too`);
    holders.set(clientId, path);
    connections.push(connection);
  }
  if (faults.length > 0) {
    const rest = faults.length > shown ? [`and ${faults.length - shown} more`] : [];
    throw new Error(
      `nothing was written:\n${[...faults.slice(0, shown), ...rest].map((line) => `  ${line}`).join("\n")}`,
    );
  }
  return connections;
}

/** The members of a login; what outputs have beside them does not count. */
function loginIn(value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(members.map((name) => [name, value[name]])) : value;
}

/** What Pulumi has not told of a login, or of a member of it. */
function untoldFaults(value: unknown): Fault[] {
  const values = isObject(value) ? members.map((name) => [`login.${name}`, value[name]]) : [["login", value]];
  return values.flatMap(([path, one]) => {
    const fault = untold.get(one);
    return fault === undefined ? [] : [{ path: String(path), fault }];
  });
}

/** Topics of a device: `%c` is its client id, as in mosquitto's own patterns. */
function topicsFor(clientId: unknown, { publish, subscribe }: Omit<GivenConnection, "login">) {
  const named = (topic: string) => topic.replaceAll("%c", () => String(clientId));
  return { ...(publish && { publish: publish.map(named) }), ...(subscribe && { subscribe: subscribe.map(named) }) };
}
