import { join } from "node:path";
import { kinds } from "../../kinds";
import { configuration } from "../../kinds/configuration";
import type { Fields } from "../../kinds/fields";
import { type ActionName, serviceActions } from "../../kinds/serviceActions";
import { rowComments } from "./comments";

const folder = join(__dirname, "../../kinds");

/** The tables that the readme takes from the outlines of the kinds, by the names of the places where they stand. */
export function tables(): Map<string, string> {
  const ofKinds = Object.entries(kinds).flatMap(([camelCase, { name, inputs, outputs, actions }]) => {
    const comments = rowComments(join(folder, `${camelCase}.ts`));
    return [
      [`inputs of ${name}`, inputTable(inputs, comments)],
      ...(Object.keys(outputs).length > 0 ? [[`outputs of ${name}`, outputTable(outputs, comments)] as const] : []),
      [`actions of ${name}`, actionsLine(actions)],
    ] as const;
  });
  const keys = inputTable(configuration, rowComments(join(folder, "configuration.ts")), (key) => `apsaramq:${key}`);
  return new Map([...ofKinds, ["configuration", keys]]);
}

/** A text with the tables put into their places: from `<!-- name -->` to the next `<!-- end -->`. */
export function withTables(text: string): string {
  return text.replace(
    /(<!-- (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_whole, start: string, name: string, end: string) => {
      const table = tables().get(name);
      if (table === undefined) throw new Error(`Nothing is called ${name} here.`);
      return `${start}${table}\n${end}`;
    },
  );
}

function inputTable(inputs: Fields, comments: ReadonlyMap<string, string>, label = (name: string) => name): string {
  const rows = Object.entries(inputs).map(([name, field]) => {
    const words = field.default ?? (field.required ? "required" : "none");
    return `| \`${label(name)}\` | ${meaning(comments.get(name), field.default)} | ${words} |`;
  });
  return ["| input | meaning | default |", "|---|---|---|", ...rows].join("\n");
}

function outputTable(outputs: Fields, comments: ReadonlyMap<string, string>): string {
  const rows = Object.keys(outputs).map((name) => `| \`${name}\` | ${meaning(comments.get(name))} |`);
  return ["| output | meaning |", "|---|---|", ...rows].join("\n");
}

/** What a comment says beside what has a column of its own. */
function meaning(comment = "", words?: string): string {
  return comment
    .replace(` Default: ${words}.`, "")
    .replace("Secret: encrypted in state, hidden in displays.", "Secret.")
    .replaceAll("|", "\\|");
}

function actionsLine(actions: readonly ActionName[]): string {
  return `Actions: ${actions.map((name) => (serviceActions[name].billed ? `${name} (billed)` : name)).join(", ")}.`;
}
