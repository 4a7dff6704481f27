import { kinds } from "../../kinds";
import { configuration } from "../../kinds/configuration";
import type { Fields } from "../../kinds/fields";

const tables: Fields[] = [configuration, ...Object.values(kinds).flatMap(({ inputs, outputs }) => [inputs, outputs])];
const fields = tables.flatMap((table) => Object.entries(table).filter(([, { secret }]) => secret));

/** The names under which secrets appear, with what pulumi-alicloud calls the operator's; one that begins another comes after it. */
const secretNames = [...new Set([...fields.map(([name]) => name), "secretKey"])].sort(
  (one, other) => other.length - one.length,
);

/**
 * The names of secrets as a pattern, in every spelling: `apsaramq:accessKeySecret`, `DeviceAccessKeySecret` of the service,
 * `ALICLOUD_SECRET_KEY` of an environment.
 */
export const secretNamePattern = secretNames
  .map((name) => name.replace(/[A-Z]/g, (letter) => `[_-]?${letter}`))
  .join("|");

/** The values of the secrets that an environment holds. */
export function secretsOf(environment: NodeJS.ProcessEnv): string[] {
  const name = new RegExp(`(?:${secretNamePattern})$`, "i");
  return Object.entries(environment).flatMap(([key, value]) => (value && name.test(key) ? [value] : []));
}
