import * as pulumi from "@pulumi/pulumi";
import { distance } from "fastest-levenshtein";
import { configuration } from "../kinds/configuration";

const namespace = "apsaramq:";
const known = Object.keys(configuration).map((key) => namespace + key);

/** Keys that were warned of, by the configuration that has them. */
const warned = new Set<string>();

/** Warns of keys in our namespace that mean nothing: a misspelt one would be ignored in silence. */
export function warnOfUnknownKeys(): void {
  for (const key of Object.keys(pulumi.runtime.allConfig() ?? {})) {
    if (key.startsWith(namespace) && !known.includes(key) && !warned.has(key)) {
      warned.add(key);
      const [nearest] = [...known].sort((one, other) => distance(one, key) - distance(other, key));
      pulumi.log.warn(`The configuration key ${key} means nothing to this provider. Did you mean ${nearest}?`);
    }
  }
}
