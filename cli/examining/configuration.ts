import type { ConfigLookup } from "../../provider/settings";
import { pulumi } from "../pulumi";
import { configurationOf, type ServiceOptions } from "../stacks/runs";
import { type Examination, failed, notLookedAt, ok } from "./report";

/** What is configured, and where. */
export interface Configuration {
  /** What options and the stack say, but for what is encrypted. */
  readonly config: ConfigLookup;
  readonly environment: ConfigLookup;
  /** The keys of the stack whose values are encrypted. */
  readonly encrypted: readonly string[];
  /** Where the value of a name is from, in words. */
  whereIs(name: string): string;
}

/** How `pulumi config --json` shows a value: without it when it is secret. */
type StackValues = Readonly<Record<string, { readonly value?: string; readonly secret?: boolean }>>;

/** What an encrypted member of such a group means for the others: keys belong together. */
const keyGroups = [
  ["apsaramq:accessKeyId", "apsaramq:accessKeySecret", "apsaramq:securityToken"],
  ["alicloud:accessKey", "alicloud:secretKey", "alicloud:securityToken"],
];

/** Reads what is configured; the stack's part by the CLI, which is asked for no secret and needs no passphrase. */
export async function examineConfiguration(
  examination: Examination,
  project: string | undefined,
  hasCli: boolean | undefined,
  options: ServiceOptions & { readonly stack?: string; readonly instance?: string },
): Promise<Configuration> {
  const stack = options.stack === undefined ? [] : ["--stack", options.stack];
  const needs = hasCli ? project : undefined;
  const values =
    (await examination.look("stack", needs, async (folder) => {
      try {
        const found: StackValues = JSON.parse(await pulumi(["config", "--json", ...stack], folder));
        const ours = Object.keys(found).filter((key) => /^(apsaramq|alicloud):/.test(key));
        return ours.length > 0
          ? ok(
              `it configures ${ours.map((key) => (found[key]?.secret ? `${key} (encrypted)` : key)).join(", ")}`,
              found,
            )
          : notLookedAt("it configures nothing of apsaramq or alicloud: the environment alone counts");
      } catch (error) {
        return failed(
          `${error instanceof Error ? error.message : error} What follows is by options and environment alone`,
        );
      }
    })) ?? {};
  const given = { ...configurationOf(options), "apsaramq:instanceId": options.instance };
  const encrypted = Object.keys(values).filter((key) => values[key]?.secret);
  const hidden = new Set([
    ...encrypted,
    ...keyGroups.filter((keys) => keys.some((key) => encrypted.includes(key))).flat(),
  ]);
  const optionOf = (name: string) => Object.entries(given).find(([key, value]) => key === name && value !== undefined);
  return {
    config: (name) => optionOf(name)?.[1] ?? (hidden.has(name) ? undefined : values[name]?.value),
    environment: (name) => process.env[name],
    encrypted,
    whereIs(name) {
      if (optionOf(name)) {
        const option = name.replace(/^.*:/, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        return `--${option.replace("instance-id", "instance")}`;
      }
      return name.includes(":") ? `${name} of the stack` : `the variable ${name}`;
    },
  };
}
