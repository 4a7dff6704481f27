import { type Fields, fieldFaults } from "../../kinds/fields";
import { isSettings, readSettings } from "../../provider/settings";

const long = "x".repeat(2000);
const texts = [
  "",
  " ",
  "!",
  "0",
  "/+",
  "\u0007bell",
  "99999d",
  "GID_",
  `GID_${long}`,
  `GID_line@@@${long}`,
  `a${long}`,
];
const topics = ["a/#/b", `a/${long}`];
const pems = ["-----BEGIN PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"];
const maps = [{ "": "x" }, Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [String(index), "x"]))];
const records = [{ max: "!" }, { rotateAfter: "!", wave: "!", canary: 0, requireReconnect: "!", enough: "200%" }];

/** Values that some rule refuses: each rule of an input has to refuse one of them. */
const wrong: readonly unknown[] = [
  ...texts,
  ...topics,
  ...pems,
  ...maps,
  ...records,
  ...[...texts, ...pems].map((text) => [text]),
];

/** What check says of values that are of an input's shape and break its rules, by the names of the inputs. */
export function refusals(inputs: Fields): Map<string, readonly string[]> {
  const found = Object.entries(inputs).map(([name, field]) => {
    const odd = `must be ${field.expected}`;
    const faults = wrong.flatMap((value) => fieldFaults({ [name]: field }, { [name]: value }));
    const rules = faults
      .filter(({ fault }) => !fault.startsWith(odd) && fault !== "is not a property here")
      .map(({ path, fault }) => member(path, name) + fault.replace(/; got .*$/, ""));
    const inside = rules.filter((rule) => !rule.startsWith("must be a string"));
    // What has a default is missing only where that has to be told.
    const isFilledIn = field.default !== undefined && field.missing === "is required";
    return [name, [...new Set([...(field.required && !isFilledIn ? [field.missing] : []), ...inside])]] as const;
  });
  return new Map(found.filter(([, rules]) => rules.length > 0));
}

/** Which value of a record is meant, as a word to begin with. */
function member(path: string, name: string): string {
  return path.startsWith(`${name}.`) ? `\`${path.slice(name.length + 1)}\` ` : "";
}

/** What the provider says of configurations that have such a value. */
export function configurationRefusals(keys: readonly string[]): string[] {
  const values = [...texts.filter((text) => text.trim()), "http://example.com"];
  const faults = keys.flatMap((key) =>
    values.flatMap((value) => {
      const given: Readonly<Record<string, string>> = { "apsaramq:region": "cn-hangzhou", [`apsaramq:${key}`]: value };
      const settings = readSettings(
        (name) => given[name],
        () => undefined,
      );
      return isSettings(settings) ? [] : settings;
    }),
  );
  return [...new Set(faults.map((fault) => fault.replace(/; got .*$/, "")))];
}
