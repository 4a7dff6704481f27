import { byType } from "../../reports/byType";
import { harmless, heading } from "../../reports/words";
import { changeTypes, type Report } from "../report";
import { objectIn, sentence, summary, typeWords } from "./summary";

/** For a terminal. */
export function text(report: Report): string {
  const limits = report.limits
    .filter(({ verdict }) => verdict !== "kept")
    .map(({ name, verdict, text }) => `${verdict === "exceeded" ? "EXCEEDED" : "NOT TOLD"}  --${name}: ${text}`);
  const lines = byType(changeTypes, report.changes).flatMap(({ type, some }) => {
    const names = some.map((change) => `${change.kind} ${objectIn(change)}`);
    const width = names.reduce((longest, name) => Math.max(longest, name.length), 0);
    return [
      "",
      `${heading(`${typeWords(type)} (${some.length})`)}  ${changeTypes[type]}`,
      ...some.map((change, index) => {
        const words = [change.name, sentence(change)].filter(Boolean).join(": ");
        return harmless(`  ${names[index]?.padEnd(width)}  ${words}`);
      }),
    ];
  });
  const rest = [
    ...report.gaps.map((gap) => `Could not be told: ${gap}`),
    ...report.unknowns.map((unknown) => `Not told by a preview: ${unknown}`),
  ];
  const all = [...limits.map(harmless), harmless(summary(report)), ...lines];
  return `${[...all, ...(rest.length > 0 ? ["", ...rest.map(harmless)] : [])].join("\n")}\n`;
}
