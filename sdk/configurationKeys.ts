import * as pulumi from "@pulumi/pulumi";
import { distance } from "fastest-levenshtein";
import { configuration } from "../kinds/configuration";
import { currentProgram, type Program } from "./program";

const namespace = "apsaramq:";
const known = Object.keys(configuration).map((key) => namespace + key);

/** Programs whose keys were looked at. */
const checked = new WeakSet<Program>();

/** Warns of keys in our namespace that mean nothing, once a program: a misspelt one would be ignored in silence. */
export function warnOfUnknownKeys(): void {
  const program = currentProgram();
  if (!program || checked.has(program)) {
    return;
  }
  checked.add(program);
  for (const key of Object.keys(pulumi.runtime.allConfig() ?? {})) {
    if (key.startsWith(namespace) && !known.includes(key)) {
      const [nearest] = [...known].sort((one, other) => distance(one, key) - distance(other, key));
      pulumi.log.warn(`The configuration key ${key} means nothing to this provider. Did you mean ${nearest}?`);
    }
  }
}
