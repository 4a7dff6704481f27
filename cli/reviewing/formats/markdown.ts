import { withCommas } from "../../../kinds/words";
import { byType } from "../../reports/byType";
import { cell } from "../../reports/words";
import { type Change, changeTypes, type Report } from "../report";
import { headline as headlineOf, objectIn, sentence, summary, typeWords } from "./summary";

/** GitHub takes 65,536 characters for a comment; a pipeline may add its own. */
const mostBytes = 60_000;
/** A row may be this long, and a list have so many items. */
const [longestRow, mostItems] = [600, 20];

/**
 * For a comment on a pull request: short first, the rest folded. The first line is a mark that nobody sees, by which a
 * pipeline finds its own comment again.
 */
export function markdown(report: Report): string {
  const mark = `<!-- apsaramq-mqtt review ${report.stack.replace(/[<>]|--+/g, "_")} -->`;
  const limits = report.limits
    .filter(({ verdict }) => verdict !== "kept")
    .map(
      ({ name, verdict, text }) =>
        `> **${verdict === "exceeded" ? "Exceeded" : "Not told"}**: \`--${name}\`, ${cell(text)}`,
    );
  const headline = `**${cell(headlineOf(report))}**`;
  const gaps = list("Could not be told", report.gaps);
  if (report.changes.length === 0) {
    return `${[mark, ...limits, cell(summary(report)), ...gaps].join("\n\n").replace("\n\n", "\n")}\n`;
  }
  const head = [...limits, headline, table(report), ...gaps];
  const tail = list("What a preview does not tell", report.unknowns, true);
  const fixed = [mark, ...head, ...tail].join("\n\n");
  const sections = folded(report, mostBytes - Buffer.byteLength(fixed));
  return `${mark}\n${[...head, ...sections, ...tail].join("\n\n")}\n`;
}

function table({ counts, online, calls }: Report): string {
  const { total, billed, leastSeconds, requestsPerSecond } = calls;
  const rows: (readonly [string, string])[] = [
    ...Object.entries(counts).map(([type, count]) => [typeWords(type), withCommas(count)] as const),
    ...(online === undefined ? [] : [["connected now, of those that lose their login", withCommas(online)] as const]),
    ["API calls, about", withCommas(total)],
    ["billed of these", withCommas(billed)],
    ...(requestsPerSecond > 0 ? [[`least time at ${requestsPerSecond} a second`, `${leastSeconds} s`] as const] : []),
  ];
  return ["| | |", "|---|--:|", ...rows.map(([what, count]) => `| ${what} | ${count} |`)].join("\n");
}

/** A folded table for each type, as much of them as there is room for. */
function folded(report: Report, room: number): string[] {
  const sections: string[] = [];
  let left = room - 200;
  let omitted = 0;
  for (const { type, some } of byType(changeTypes, report.changes)) {
    const open = `<details><summary>${typeWords(type)} (${some.length}): ${changeTypes[type]}</summary>\n\n| kind | id | resource | |\n|---|---|---|---|\n`;
    const close = "\n\n</details>";
    left -= Buffer.byteLength(open + close) + 2;
    const rows: string[] = [];
    for (const row of some.map(rowOf)) {
      const size = Buffer.byteLength(row) + 1;
      if (size <= left) {
        rows.push(row);
        left -= size;
      } else {
        left = 0;
        omitted++;
      }
    }
    if (rows.length > 0) sections.push(`${open}${rows.join("\n")}${close}`);
  }
  return omitted > 0
    ? [...sections, `${withCommas(omitted)} more changes have no room here: the report as JSON has all.`]
    : sections;
}

function rowOf(change: Change): string {
  const { kind, name } = change;
  const words = cell(sentence(change));
  const text = words.length > longestRow ? `${words.slice(0, longestRow).replace(/\\+$/, "")}…` : words;
  return `| ${cell(kind)} | \`${objectIn(change)}\` | ${cell(name)} | ${text} |`;
}

function list(title: string, items: readonly string[], isFolded = false): string[] {
  if (items.length === 0) {
    return [];
  }
  const rest = items.length - mostItems;
  const lines = items.slice(0, mostItems).map((item) => `- ${cell(item).slice(0, longestRow)}`);
  const all = [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n");
  return isFolded ? [`<details><summary>${title}</summary>\n\n${all}\n\n</details>`] : [`### ${title}`, all];
}
