import { codeMeaning } from "./errorCodes";
import type { Outcome } from "./outcome";

/** How long the same call is tried again. */
export type Patience = "until the deadline" | "a few times" | "not at all";

/**
 * How long a call that came to this is tried again. Only where a repetition cannot harm: a read, or a write that was
 * certainly not sent or was refused as throttled. A service that is away is waited for once it has answered in this run;
 * before, it may as well be the wrong address.
 */
export function patienceFor(outcome: Outcome, mutates: boolean, hasAnswered: boolean): Patience {
  const whileAway = hasAnswered ? "until the deadline" : "a few times";
  switch (outcome.is) {
    case "done":
      return "not at all";
    case "refused":
      return isPassing(outcome, mutates) ? "until the deadline" : "not at all";
    case "not an answer":
      if (mutates) {
        return "not at all";
      }
      return outcome.status >= 500 ? whileAway : "a few times";
    case "broken":
      return mutates && outcome.fault.sent ? "not at all" : whileAway;
  }
}

/** Many errors of this service come with a 5xx that will never pass, so the status counts for unknown codes only. */
function isPassing({ code, status }: { readonly code?: string; readonly status: number }, mutates: boolean): boolean {
  const kind = code === undefined ? "Unexpected" : codeMeaning(code).kind;
  return kind === "Throttled" || (!mutates && (kind === "Transient" || (kind === "Unexpected" && status >= 500)));
}

const leastPauseMs = 200;
const mostPauseMs = 5_000;

/** The pause before a repetition, counted from 0: twice as long each time, with chance in it, so that calls spread. */
export function pauseMs(repetition: number, chance = Math.random()): number {
  return Math.min(mostPauseMs, leastPauseMs * 2 ** repetition * (1 + chance));
}
