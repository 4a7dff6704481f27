const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The rule a duration follows, as told to a user who broke it. */
export const durationRule = 'must be a whole number with a unit ms, s, m, h or d, such as "90s" or "10m"';

/** Milliseconds of a duration such as `"10m"`, or undefined when the text is none. */
export function durationMs(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2];
  return isUnit(unit) ? Number(match?.[1]) * unitMs[unit] : undefined;
}

/** A short text for people: `12s`, `3m 5s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m ${seconds % 60}s`;
}

function isUnit(unit: string | undefined): unit is keyof typeof unitMs {
  return unit !== undefined && unit in unitMs;
}
