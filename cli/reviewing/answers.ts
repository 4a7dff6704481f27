import type { Item } from "../../provider/inventory";
import type { Step } from "./preview";

/** What the service says, as far as it was asked. */
export interface Answers {
  /** Whether an object that a step makes is there already, by its id; undefined when nobody knows. */
  isThere(step: Step, id: string): boolean | undefined;
  /** What an object that a step removes holds now; undefined when nobody knows. */
  heldBy(step: Step): readonly Item[] | undefined;
}

export const unasked: Answers = { isThere: () => undefined, heldBy: () => undefined };
