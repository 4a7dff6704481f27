import { byType } from "../../reports/byType";
import { harmless, heading, readable } from "../../reports/words";
import { findingTypes, type Report } from "../report";
import { resourceOf, summary } from "./summary";

/** For a terminal. */
export function text(report: Report): string {
  const lines = byType(findingTypes, report.findings).flatMap(({ type, some }) => {
    const names = some.map(({ kind, id }) => `${kind} ${readable(id)}`);
    const width = names.reduce((most, name) => Math.max(most, name.length), 0);
    return [
      "",
      `${heading(`${type} (${some.length})`)}  ${findingTypes[type].meaning}`,
      ...some.map((finding, index) => {
        const words = [resourceOf(finding), finding.text].filter(Boolean).join(": ");
        return harmless(`  ${names[index]?.padEnd(width)}  ${words}`);
      }),
    ];
  });
  const rest = [
    ...report.gaps.map((gap) => `Could not be told: ${gap}`),
    ...report.notes.map((note) => `Not offered: ${note}`),
  ];
  const all = [harmless(summary(report)), ...lines, ...(rest.length > 0 ? ["", ...rest.map(harmless)] : [])];
  return `${all.join("\n")}\n`;
}
