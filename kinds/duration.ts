const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `"10m"`, or undefined when the text is none. */
export function durationMs(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2];
  return isUnit(unit) ? Number(match?.[1]) * unitMs[unit] : undefined;
}

/** What is wrong with a duration, as a clause that follows its name; undefined when it is one from `least` to `most`. */
export function durationFault(text: string, bounds: { least: string; most: string }): string | undefined {
  const ms = durationMs(text);
  if (ms === undefined) {
    return 'must be a whole number with a unit ms, s, m, h or d, such as "90s" or "10m"';
  }
  const { least, most } = bounds;
  return ms < (durationMs(least) ?? 0) || ms > (durationMs(most) ?? 0) ? `must be from ${least} to ${most}` : undefined;
}

/** The time that is a duration after another, ISO 8601; undefined when one of the two is none. */
export function timeAfter(time: string, duration: string): string | undefined {
  const ms = Date.parse(time) + (durationMs(duration) ?? Number.NaN);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** A time as texts have it, ISO 8601. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Milliseconds since the epoch of such a text; NaN when it is none. */
export function timeMs(text: string): number {
  return Date.parse(text);
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
