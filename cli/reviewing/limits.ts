import { counted, withCommas } from "../../kinds/words";
import type { Limit, Range } from "./report";

/** At most so many, or such a part of what the stack has. */
export interface RemovalLimit {
  readonly text: string;
  readonly most: number;
  readonly isPercent: boolean;
}

export interface LimitOptions {
  readonly maxRemovals?: RemovalLimit;
  readonly maxRotations?: number;
  readonly forbidOnlineRemovals: boolean;
}

/** What limits are held against. */
export interface Numbers {
  readonly removals: Range;
  readonly rotations: Range;
  /** Objects that the stack is known to have, and whether these are all. */
  readonly objects: number;
  readonly isWhole: boolean;
  /** Devices that are connected and removed; the rest of the removals of which nobody can tell. */
  readonly onlineRemovals: number;
  readonly untoldRemovals: number;
  /** Whether the preview is all there is, so that nothing is missing. */
  readonly isComplete: boolean;
}

/** What `5` or `5%` stands for; undefined when the text is neither. */
export function removalLimitFrom(text: string): RemovalLimit | undefined {
  const [, number, percent] = /^(\d{1,9}|\d{1,3}(?:\.\d+)?(?=%))(%?)$/.exec(text) ?? [];
  const most = Number(number);
  const isPercent = percent === "%";
  return number === undefined || (isPercent && most > 100) ? undefined : { text, most, isPercent };
}

export function limitsOf({ maxRemovals, maxRotations, forbidOnlineRemovals }: LimitOptions, numbers: Numbers): Limit[] {
  return [
    ...(maxRemovals ? [removals(maxRemovals, numbers)] : []),
    ...(maxRotations === undefined ? [] : [rotations(maxRotations, numbers)]),
    ...(forbidOnlineRemovals ? [onlineRemovals(numbers)] : []),
  ];
}

function removals(limit: RemovalLimit, numbers: Numbers): Limit {
  const { removals: range, objects, isWhole } = numbers;
  const name = "max-removals";
  const most = limit.isPercent ? (objects * limit.most) / 100 : limit.most;
  const of = limit.isPercent ? ` of ${isWhole ? "" : "at least "}${counted(objects, "object")}` : "";
  const text = `${inRange(range, "removal")}${of}, at most ${limit.text} allowed`;
  // A stack that has more than the preview shows only makes the part smaller.
  const isExceeded = range.least > most && (isWhole || !limit.isPercent);
  const isKept = range.most !== undefined && range.most <= most;
  const verdict = isExceeded ? "exceeded" : isKept && numbers.isComplete ? "kept" : "unknown";
  const ways = [
    ...(range.most === undefined ? ["--ask tells what goes along"] : []),
    ...(limit.isPercent && !isWhole && !isKept
      ? ["`pulumi preview --json --show-sames` tells how many objects there are"]
      : []),
  ];
  return { name, limit: limit.text, verdict, text: verdict === "unknown" ? [text, ...ways].join("; ") : text };
}

function rotations(most: number, { rotations: range, isComplete }: Numbers): Limit {
  const isKept = range.most !== undefined && range.most <= most && isComplete;
  const verdict = range.least > most ? "exceeded" : isKept ? "kept" : "unknown";
  const text = `${inRange(range, "rotation")}, at most ${most} allowed`;
  return { name: "max-rotations", limit: String(most), verdict, text };
}

function onlineRemovals({ onlineRemovals: online, untoldRemovals: untold, isComplete }: Numbers): Limit {
  const verdict = online > 0 ? "exceeded" : untold > 0 || !isComplete ? "unknown" : "kept";
  const rest = untold > 0 ? `, and of ${counted(untold, "removal")} nobody can tell` : "";
  const text = `${counted(online, "device that is removed is", "devices that are removed are")} connected${rest}`;
  return { name: "forbid-online-removals", limit: "0", verdict, text };
}

function inRange({ least, most }: Range, noun: string): string {
  if (most === undefined) {
    return `${withCommas(least)} ${noun}s or more`;
  }
  return most === least ? counted(least, noun) : `${withCommas(least)} to ${counted(most, noun)}`;
}
