import { DecodeError, integer, nullable, number, object, oneOf, optional, text } from "./decode";
import { type ErrorCode, errorCatalogue } from "./errors";

const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];

const faultDecoder = object({
  action: text,
  code: optional(oneOf(...errorCodes)),
  times: optional(nullable(integer(1))),
  probability: optional(number(0, 1)),
  delayMs: optional(integer(0)),
  effect: optional(oneOf("none", "before", "after")),
});

/** A fault as it is asked for. */
export type FaultRequest = ReturnType<typeof faultDecoder>;

/** A scripted misbehaviour of the service. */
export interface Fault {
  /** An action, or `*` for all. */
  readonly action: string;
  /** The vendor's error code to answer, without any effect of the call. */
  readonly code?: ErrorCode;
  /** How often it still strikes; null for always. @default 1 */
  readonly times: number | null;
  /** Chance to strike, 0 to 1. @default 1 */
  readonly probability: number;
  /** The request is handled this much later. @default 0 */
  readonly delayMs: number;
  /** `before` loses the request, `after` applies it and loses the answer; both cut the connection. @default "none" */
  readonly effect: "none" | "before" | "after";
}

function decodeFault(json: unknown): Fault {
  const { code, times = 1, probability = 1, delayMs = 0, effect = "none", action } = faultDecoder(json, "");
  if (code === undefined && effect === "none" && delayMs === 0) {
    throw new DecodeError("a fault needs a code, an effect or a delay");
  }
  if (code !== undefined && effect !== "none") {
    throw new DecodeError(`a fault with the effect "${effect}" has no answer to carry a code`);
  }
  return { action, times, probability, delayMs, effect, ...(code === undefined ? {} : { code }) };
}

/** The faults in the order they were added. A call meets the first that matches and strikes. */
export class Faults {
  #faults: Fault[] = [];
  readonly #random: () => number;

  /** @param random a number from 0 to below 1, as `Math.random` */
  constructor(random: () => number) {
    this.#random = random;
  }

  add(request: unknown): Fault {
    const fault = decodeFault(request);
    this.#faults.push(fault);
    return fault;
  }

  list(): Fault[] {
    return [...this.#faults];
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault this call meets, counted down. */
  strike(action: string): Fault | undefined {
    const index = this.#faults.findIndex(
      (fault) => (fault.action === "*" || fault.action === action) && this.#random() < fault.probability,
    );
    const fault = this.#faults[index];
    if (fault?.times != null) {
      const left = fault.times - 1;
      this.#faults.splice(index, 1, ...(left === 0 ? [] : [{ ...fault, times: left }]));
    }
    return fault;
  }
}
