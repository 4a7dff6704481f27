import type { Report } from "../report";

/** As `drift.schema.json` describes it. */
export function json(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
