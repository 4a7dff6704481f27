import { byType } from "../../reports/byType";
import { cell, readable } from "../../reports/words";
import { findingTypes, type Report } from "../report";
import { resourceOf, summary } from "./summary";

/** How many findings of a type stand open; the rest is folded. */
const open = 10;

/** For an issue or a comment: short first, the rest folded. */
export function markdown(report: Report): string {
  const sections = byType(findingTypes, report.findings).map(({ type, some }) => {
    const rows = some.map((finding) =>
      [cell(finding.kind), `\`${readable(finding.id)}\``, cell(resourceOf(finding)), cell(finding.text)].join(" | "),
    );
    const table = (part: readonly string[]) =>
      ["| kind | id | resource | |", "|---|---|---|---|", ...part.map((row) => `| ${row} |`)].join("\n");
    const rest = rows.slice(open);
    return [
      `### ${type} (${some.length})`,
      findingTypes[type].meaning,
      table(rows.slice(0, open)),
      ...(rest.length > 0 ? [`<details><summary>${rest.length} more</summary>\n\n${table(rest)}\n\n</details>`] : []),
    ].join("\n\n");
  });
  const list = (title: string, items: readonly string[]) =>
    items.length > 0 ? [`### ${title}`, items.map((item) => `- ${cell(item)}`).join("\n")] : [];
  return `${[
    `**${cell(summary(report))}**`,
    ...sections,
    ...list("Could not be told", report.gaps),
    ...list("Not offered", report.notes),
  ].join("\n\n")}\n`;
}
