import type { Gaps } from "./expectedGaps";

/** How one test of a suite ended. */
export interface Outcome {
  readonly test: string;
  readonly outcome: "passed" | "failed";
  /** Of a failure, in the suite's words. */
  readonly reason: string;
}

/** What differs from what is expected, in words: nothing, if all is well. */
export function surprises(outcomes: readonly Outcome[], gaps: Gaps): string[] {
  const ended = new Map(outcomes.map((outcome) => [outcome.test, outcome]));
  const unexpected = outcomes.flatMap(({ test, outcome, reason }) => {
    const gap = gaps[test];
    if (outcome === "failed" && gap === undefined) return [`${test} failed: ${reason}`];
    if (outcome === "passed" && gap !== undefined) return [`${test} passed, although ${gap.because} (${gap.page})`];
    return [];
  });
  const missing = Object.keys(gaps).filter((test) => !ended.has(test));
  return [...unexpected, ...missing.map((test) => `${test} is expected to fail, and there is no such test`)];
}
