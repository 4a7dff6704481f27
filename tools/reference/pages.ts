import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kinds } from "../../kinds";
import { configuration } from "../../kinds/configuration";
import type { Outline } from "../../kinds/outline";
import { licenceTable } from "../packages/licences";
import { classComment, root, rowComments } from "./comments";
import { errorPlaces } from "./errorPlaces";
import { configurationTable } from "./fields";
import { functionsText, sdkFunctions } from "./functions";
import { kindPlaces } from "./kindPlaces";
import { code, plain, table } from "./markdown";
import { configurationRefusals } from "./refusals";

export const folder = "docs/reference";

/** Headings of a kind's page, by the places below them. */
const headings = ["", "Inputs", "Outputs", "Id", "Taking over what exists", "Actions", "Errors"];

/** What stands in the places of a page, by the page's path and the places' names; it fails where a part of a kind is missing. */
export function pages(): Map<string, () => ReadonlyMap<string, string>> {
  const all = outlines();
  const ofKinds = all.map(
    ([camelCase, outline]) => [`${folder}/${outline.name}.md`, () => kindPlaces(camelCase, outline)] as const,
  );
  const provider = classComment("sdk/provider.ts", "Provider");
  const keys = configurationTable(configuration, rowComments("kinds/configuration.ts"));
  return new Map<string, () => ReadonlyMap<string, string>>([
    ...ofKinds,
    [
      `${folder}/Provider.md`,
      () =>
        new Map([
          ["summary of Provider", `${provider.meaning}\n\n${provider.example}`],
          ["configuration", keys],
          ["configuration errors", configurationErrors()],
        ]),
    ],
    [`${folder}/functions.md`, () => new Map([["functions", functionsText(sdkFunctions())]])],
    [`${folder}/errors.md`, () => new Map(errorPlaces())],
    [
      "docs/licences.md",
      () =>
        new Map([
          ["licences of the provider", licenceTable("")],
          ["licences of the emulator", licenceTable("emulator")],
        ]),
    ],
    ["README.md", () => new Map([["kinds", kindTable(all)]])],
  ]);
}

/** The pages that there are. */
export function foundPages(): string[] {
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}

/** A page with its places filled in, each from `<!-- name -->` to the next `<!-- end -->`; all else is written by hand. */
export function withPlaces(text: string, places: ReadonlyMap<string, string>): string {
  return text.replace(
    /(<!-- (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_whole, start: string, name: string, end: string) => {
      const filled = places.get(name);
      if (filled === undefined) throw new Error(`Nothing is called ${name} here.`);
      return `${start}${filled}\n${end}`;
    },
  );
}

/** The page of a kind that has none yet: its places, empty. */
export function newPage(name: string, places: ReadonlyMap<string, string>): string {
  const sections = [...places.keys()].map((place, index) => {
    const heading = headings[index] ? `## ${headings[index]}\n\n` : "";
    return `${heading}<!-- ${place} -->\n<!-- end -->\n`;
  });
  return `# ${name}\n\n${sections.join("\n")}`;
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

function outlines(): (readonly [camelCase: string, outline: Outline])[] {
  // A table of any kind may stand for one of fields that nobody knows more of.
  return Object.entries(kinds).map(([camelCase, outline]) => [camelCase, outline as unknown as Outline] as const);
}

function configurationErrors(): string {
  const refused = configurationRefusals(Object.keys(configuration));
  return refused.map((fault) => `- ${plain(fault)}.`).join("\n");
}

function kindTable(all: ReturnType<typeof outlines>): string {
  const rows = all.map(([camelCase, { name }]) => {
    return [`[${code(name)}](${folder}/${name}.md)`, classComment(`sdk/${camelCase}.ts`, name).sentence];
  });
  return table(["kind", "what it stands for"], rows);
}
