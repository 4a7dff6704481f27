import { styleText } from "node:util";
import { findingTypes, type Report } from "../report";
import { byType, resourceOf, summary } from "./summary";

/** For a terminal. */
export function text(report: Report): string {
  const lines = byType(report).flatMap(({ type, some }) => {
    const width = Math.max(...some.map(({ kind, id }) => kind.length + id.length));
    return [
      "",
      `${heading(`${type} (${some.length})`)}  ${findingTypes[type].meaning}`,
      ...some.map((finding) => {
        const { kind, id, text } = finding;
        const padding = " ".repeat(width - kind.length - id.length);
        return `  ${kind} ${id}${padding}  ${[resourceOf(finding), text].filter(Boolean).join(": ")}`;
      }),
    ];
  });
  const rest = [
    ...report.gaps.map((gap) => `Could not be told: ${gap}`),
    ...report.notes.map((note) => `Not offered: ${note}`),
  ];
  return `${[summary(report), ...lines, ...(rest.length > 0 ? ["", ...rest] : [])].join("\n")}\n`;
}

function heading(words: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText("bold", words) : words;
}
