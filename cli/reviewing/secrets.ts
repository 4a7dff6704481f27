import type { Fields } from "../../kinds/fields";
import { secretMark } from "../../kinds/inState";
import { unknownText } from "../../provider/dynamicProvider";
import { isObject } from "../stacks/document";
import type { Values } from "../stacks/resource";

/** Stand for secrets: two of one text are the same one, as far as the preview tells. */
const [oldSecret, newSecret] = ["a secret", "another secret"];

/**
 * Properties with a text in place of each secret, also where the preview shows one, as it does of an input that a
 * program gives in clear.
 */
export function masked(fields: Fields, properties: unknown, isNew: (path: string) => boolean = () => false): Values {
  const all = Object.entries(isObject(properties) ? properties : {}).filter(([name]) => name in fields);
  return Object.fromEntries(
    all.map(([name, value]) => {
      const isSecret = fields[name]?.secret === true && typeof value === "string" && value !== unknownText;
      return [name, withoutSecrets(isSecret ? "[secret]" : value, name, isNew)];
    }),
  );
}

function withoutSecrets(value: unknown, path: string, isNew: (path: string) => boolean): unknown {
  if (value === "[secret]" || (isObject(value) && Object.keys(secretMark).some((key) => key in value))) {
    return isNew(path) ? newSecret : oldSecret;
  }
  if (Array.isArray(value)) {
    return value.map((one, index) => withoutSecrets(one, `${path}[${index}]`, isNew));
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, withoutSecrets(one, pathOf(path, name), isNew)]),
      )
    : value;
}

/** A path as the engine writes it. */
function pathOf(path: string, name: string): string {
  return /^\w+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

export function nameIn(path: string): string {
  return path.split(/[.[]/)[0] ?? path;
}

export function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}
