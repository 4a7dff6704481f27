import type { Report } from "../report";

/** As `docs/schemas/review.json` describes it. */
export function json(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
