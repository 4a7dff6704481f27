/** Some of many: a number of them, or a share such as `"10%"`. */
export type Portion = number | string;

/** What is wrong with a portion, as a clause; undefined when nothing is. */
export function portionFault(value: Portion, least: 0 | 1): string | undefined {
  const share = typeof value === "string" ? percentOf(value) : undefined;
  const isRight = typeof value === "number" ? Number.isSafeInteger(value) && value >= least : isShare(share, least);
  return isRight
    ? undefined
    : `must be a whole number from ${least}, or a share such as "10%", ${least === 0 ? "from 0% " : "more than 0% and "}up to 100%`;
}

/** How many of so many a portion is. A share is rounded up, so that the smallest of them is one. */
export function portionOf(value: Portion, all: number): number {
  if (typeof value === "number") {
    return Math.min(value, all);
  }
  // In whole numbers: in fractions 0.07 % of 10,000 would be a little more than seven.
  const millionths = Math.round((percentOf(value) ?? 0) * 10_000);
  return Math.ceil((millionths * all) / 1_000_000);
}

function isShare(percent: number | undefined, least: 0 | 1): boolean {
  return percent !== undefined && percent <= 100 && (percent > 0 || least === 0);
}

function percentOf(text: string): number | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(text);
  return match ? Number(match[1]) : undefined;
}
