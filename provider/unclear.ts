import { isUnclear, MqttProviderError, unclearKind } from "./errors";

/**
 * A write that was sent and whose outcome nobody has seen. It stands in state, hidden from displays, from the failure
 * on until somebody has looked: a refresh clears the engine's own note of a failed update, and the program may go back
 * to what state says.
 */
export interface Unclear {
  /** The action that was sent. */
  readonly action: string;
  /** When, ISO 8601. */
  readonly since: string;
  /** Until when the request may still arrive, ISO 8601; left out when it has arrived or is lost. */
  readonly until?: string;
  /** Set when create sent it: what it was to bring about is in no earlier state. */
  readonly atCreate?: true;
}

/** How long the service takes a request after it was signed; a request that the client gave up may arrive as long. */
export const lateMs = 15 * 60_000;

export function unclearFrom(value: unknown): Unclear | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const { action, since, until, atCreate } = value as Partial<Record<keyof Unclear, unknown>>;
  return typeof action === "string" && typeof since === "string"
    ? {
        action,
        since,
        ...(typeof until === "string" && { until }),
        ...(atCreate === true && { atCreate }),
      }
    : undefined;
}

/** The mark of a failure; undefined when none of its causes leaves open what came of a write. */
export function markOf(causes: readonly unknown[], now: number, atCreate: boolean): Unclear | undefined {
  const cause = causes.find((one): one is MqttProviderError => isUnclear(one));
  return (
    cause && {
      action: cause.action,
      since: new Date(now).toISOString(),
      ...(unclearKind(cause) === "late" && { until: new Date(now + lateMs).toISOString() }),
      ...(atCreate && { atCreate }),
    }
  );
}

/** Whether the request may still take effect. */
export function mayArrive(unclear: Unclear | undefined, now: number): boolean {
  return unclear?.until !== undefined && Date.parse(unclear.until) > now;
}

/** That nobody has seen the end of a write, as a clause. */
export function notSeen({ action, since }: Partial<Unclear>): string {
  return `${action}, sent at ${since}, was not seen to take effect`;
}

/** The failure of a verb that can only wait. */
export function stillUnclear({ action, since, until }: Unclear, object: string): MqttProviderError {
  return new MqttProviderError({
    kind: "Transient",
    action,
    object,
    problem: `sent at ${since} without an answer, no effect is seen so far, and it may still arrive until ${until}`,
    advice: "Nothing was repeated, as both might then take effect: run the command again after that time",
  });
}
