import { type FaultKind, faultKinds } from "./faultKinds";
import type { Operation } from "./operations";

/**
 * How long a fault lasts: once, as long as the operation does, or once with nothing reachable after it; or the process
 * is killed by it, and the engine hears nothing of what was done.
 */
const lengths = ["once", "on and on", "then nothing", "killed"] as const;
/** What happens next: the same again, with or without a refresh before; or the program goes back to what it was. */
const sequels = ["again", "refresh, again", "back", "refresh, back"] as const;

/** One row: an operation in which one call goes wrong, and what is done after it. */
export interface Row {
  readonly id: string;
  readonly operation: Operation;
  /** Calls of the operation before the one that goes wrong. */
  readonly call: number;
  /** Those of them that ask for the same action. */
  readonly skip: number;
  readonly action: string;
  readonly kind: FaultKind;
  readonly length: (typeof lengths)[number];
  readonly sequel: (typeof sequels)[number];
}

/** All rows of an operation that asks for these actions, in order, when nothing goes wrong. */
export function rowsOf(operation: Operation, actions: readonly string[]): Row[] {
  return actions.flatMap((action, call) =>
    faultKinds
      .filter(({ saysGone }) => !saysGone || operation.isGone)
      .flatMap((kind) =>
        lengths
          .filter((length) => length === "once" || !kind.isLate)
          .filter((length) => length !== "killed" || kind.isCut)
          .flatMap((length) =>
            sequels
              .filter((sequel) => !sequel.endsWith("back") || (operation.before && operation.act === "up"))
              // What a killed process left behind is seen by a refresh only, but for a secret, which is noted on disk.
              .filter((sequel) => length !== "killed" || sequel !== "back" || operation.secrets.length > 0)
              .map((sequel) => ({
                id: [operation.name, `${action}#${call}`, kind.name, length, sequel].join(" / "),
                operation,
                call,
                skip: actions.slice(0, call).filter((name) => name === action).length,
                action,
                kind,
                length,
                sequel,
              })),
          ),
      ),
  );
}
