import { kinds } from "../../kinds";
import type { Outline } from "../../kinds/outline";

/** A kind and the files that hold it. */
export interface FoundKind {
  readonly name: string;
  /** As the stubs in users' state ask for it. */
  readonly camelCase: string;
  readonly outline: Outline;
}

/** The kinds that there are. */
export function findKinds(): FoundKind[] {
  return Object.entries(kinds).map(([camelCase, outline]) => ({
    name: outline.name,
    camelCase,
    // A table of any kind may stand for one of fields that nobody knows more of.
    outline: outline as unknown as Outline,
  }));
}
