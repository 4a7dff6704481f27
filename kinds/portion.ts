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
  return typeof value === "number" ? Math.min(value, all) : Math.ceil(((percentOf(value) ?? 0) * all) / 100);
}

function isShare(percent: number | undefined, least: 0 | 1): boolean {
  return percent !== undefined && percent <= 100 && (percent > 0 || least === 0);
}

function percentOf(text: string): number | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(text);
  return match ? Number(match[1]) : undefined;
}
