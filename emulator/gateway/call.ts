import { newRequestId } from "../facts/identifiers";
import { ownText } from "../foundation/ownText";
import type { Service } from "../service/service";
import type { Format } from "./rendering";

/** Names in the journal are bounded: a refused request may carry anything. */
const longestName = 128;

/** What is known of a call so far, for its answer and its journal entry. */
export interface Call {
  /** Of its arrival, by the wall clock. */
  readonly time: number;
  readonly requestId: string;
  readonly hostId: string;
  action: string;
  format: Format;
  instanceId: string | null;
  object: string | null;
}

export function newCall(service: Service, hostId: string): Call {
  return {
    time: service.wallClock(),
    requestId: newRequestId(),
    hostId,
    action: "",
    format: "JSON",
    instanceId: null,
    object: null,
  };
}

/** @param status of HTTP, 0 for a call without an answer or effect */
export function record(
  service: Service,
  { time, action, instanceId, object }: Call,
  status: number,
  code: string | null,
): void {
  service.journal.add({
    time: new Date(time).toISOString(),
    action: ownText(action, longestName),
    status,
    code,
    instanceId,
    object,
  });
}

export function brief(value: unknown): string | null {
  return typeof value === "string" ? ownText(value, longestName) : null;
}
