import { isProviderError } from "../../provider/errors";

export const statuses = ["ok", "warning", "failed", "not looked at"] as const;
export type Status = (typeof statuses)[number];

/** What one look came to. */
export interface Check {
  readonly name: string;
  readonly status: Status;
  /** What was seen and, unless all is well, what to do. */
  readonly text: string;
}

/** As `docs/schemas/doctor.json` describes it. */
export interface Report {
  readonly version: 1;
  /** ISO 8601. */
  readonly time: string;
  readonly checks: readonly Check[];
}

/** What a look saw, and what later ones need of it: nothing when it failed. */
export interface Seen<Value> {
  readonly status: Status;
  readonly text: string;
  readonly value?: Value;
}

export function ok<Value>(text: string, value: Value): Seen<Value> {
  return { status: "ok", text, value };
}

export function warning<Value>(text: string, value: Value): Seen<Value> {
  return { status: "warning", text, value };
}

export function failed(text: string): Seen<never> {
  return { status: "failed", text };
}

export function notLookedAt(text: string): Seen<never> {
  return { status: "not looked at", text };
}

/** Looks that are taken one after the other; what needs one that failed is not taken. */
export class Examination {
  readonly checks: Check[] = [];

  /** @param needs what earlier looks gave; undefined when one of them gave nothing */
  async look<Needs, Value>(
    name: string,
    needs: Needs | undefined,
    look: (needs: Needs) => Promise<Seen<Value>> | Seen<Value>,
  ): Promise<Value | undefined> {
    const { status, text, value } =
      needs === undefined ? notLookedAt("It needs what is missing above") : await seen(() => look(needs));
    this.checks.push({ name, status, text });
    return value;
  }
}

async function seen<Value>(look: () => Promise<Seen<Value>> | Seen<Value>): Promise<Seen<Value>> {
  try {
    return await look();
  } catch (error) {
    if (isProviderError(error)) {
      return failed(error.message);
    }
    throw error;
  }
}

/** A line for each look. */
export function inLines(checks: readonly Check[]): string {
  const widest = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, status, text }) => `${status.padEnd(13)}  ${name.padEnd(widest)}  ${text.replace(/\s+/g, " ")}\n`)
    .join("");
}
