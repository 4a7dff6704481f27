import { errorKinds } from "../../kinds/errorKinds";
import { type CodeMeaning, codes, families } from "../../provider/service/errorCodes";
import { code, plain, table } from "./markdown";

/** The kinds of errors, and what each code of the service means. */
export function errorPlaces(): [string, string][] {
  const kinds = Object.entries(errorKinds).map(([kind, meaning]) => [code(kind), meaning]);
  return [
    ["error kinds", table(["kind", "meaning"], kinds)],
    ["error codes", table(["code", "kind", "what to do"], codeRows())],
  ];
}

/** Codes that mean the same share a row. */
function codeRows(): string[][] {
  const rows = new Map<string, string[]>();
  const note = (name: string, { kind, advice }: CodeMeaning) => {
    const meaning = JSON.stringify([kind, `${plain(advice)}.`]);
    rows.set(meaning, [...(rows.get(meaning) ?? []), code(name)]);
  };
  for (const [name, meaning] of Object.entries(codes)) note(name, meaning);
  for (const [beginnings, meaning] of families) for (const name of beginnings) note(`${name}.…`, meaning);
  return [...rows].map(([meaning, names]) => [names.join(", "), ...JSON.parse(meaning)]);
}
