import { idOf, objectOf } from "../../kinds/object";
import { type Item, inventories } from "../../provider/inventory";
import type { Props } from "../../provider/lifecycle";
import type { Run } from "../../provider/run";
import { grouped } from "../grouped";
import { inTurn } from "../listings/inTurn";
import { failureText, keyOf, Listings, type Place } from "../listings/listings";
import type { Values } from "../stacks/resource";
import type { Runs } from "../stacks/runs";
import { placeIn } from "../stacks/stackState";
import type { Answers } from "./answers";
import { isRemoval, madeBy } from "./objects";
import type { Step } from "./preview";

/** How many listings are walked at a time; the limiter sets the pace. */
const atATime = 4;

/** What a listing tells of a step: whether an object that it makes is there, or what the object that it removes holds. */
interface Question {
  readonly step: Step;
  /** The object that it makes; left out of what is held. */
  readonly made?: Props;
  readonly settings: Values;
  readonly kindName: string;
  readonly place: Place;
}

/** Asks the listings all that steps leave open. Each is walked once, and none is billed but ListGroupId. */
export async function ask(steps: readonly Step[], runs: Runs): Promise<Asking> {
  const asking = new Asking();
  for (const [run, some] of grouped(steps.flatMap(questionsOf), ({ settings }) => runs.of(settings))) {
    for (const [instanceId, questions] of grouped(some, ({ place }) => place.instanceId)) {
      await asking.askAt(run, instanceId, questions);
    }
    asking.gaps.push(...run.unread);
  }
  return asking;
}

class Asking implements Answers {
  readonly gaps: string[] = [];
  /** Whether objects are there, by their ids. */
  readonly #existence = new Map<Step, Map<string, boolean>>();
  readonly #holdings = new Map<Step, readonly Item[]>();

  isThere(step: Step, id: string): boolean | undefined {
    return this.#existence.get(step)?.get(id);
  }

  heldBy(step: Step): readonly Item[] | undefined {
    return this.#holdings.get(step);
  }

  async askAt(run: Run, instanceId: string, questions: readonly Question[]): Promise<void> {
    const kinds = new Map(inventories(run).map((kind) => [kind.outline.name, kind]));
    const asked = questions.flatMap((question) => {
      const kind = kinds.get(question.kindName);
      return kind ? [{ ...question, kind }] : [];
    });
    const names = [...new Set(asked.map(({ kindName }) => kindName))];
    const listings = new Listings(run, { groupIds: undefined, caSns: undefined, kinds: names });
    try {
      const all = new Map((await listings.of(instanceId)).map((listing) => [listing.key, listing]));
      const byListing = grouped(asked, ({ kind, place }) => keyOf(kind, place));
      await inTurn([...byListing], atATime, async ([key, some]) => {
        const listing = all.get(key);
        // Where there is none, the group or the CA is not there that it would be of.
        const items = listing ? await listings.items(listing) : [];
        const outlines = new Set(some.map(({ kind }) => kind.outline));
        const there = new Set([...outlines].flatMap((one) => items.map((item) => objectOf(one, run.place, item))));
        for (const { step, made, kind } of some.filter((one) => listings.isTold(one.kind, one.place))) {
          if (made) this.#note(step, idOf(kind.outline, made), there.has(objectOf(kind.outline, run.place, made)));
          else this.#holdings.set(step, items);
        }
      });
    } catch (error) {
      this.gaps.push(`instance ${instanceId}: ${failureText(run, error)}`);
    }
    this.gaps.push(...listings.gaps);
  }

  #note(step: Step, id: string, isThere: boolean): void {
    const known = this.#existence.get(step) ?? new Map<string, boolean>();
    this.#existence.set(step, known.set(id, isThere));
  }
}

function questionsOf(step: Step): Question[] {
  const { op, old, kind, inputs, newId, settings } = step;
  if (!settings) {
    return [];
  }
  const holds = old && isRemoval(step) ? kind.holds(old.state) : undefined;
  const isMade = (op === "create" || op === "replace") && newId !== undefined && typeof inputs.instanceId === "string";
  // A set is an entry of the stack, no object of the service.
  const made = isMade && kind.outline.name !== "DeviceCertificateSet" ? madeBy(step) : [];
  return [
    ...(holds && old ? [{ step, settings, kindName: holds.of, place: old.place }] : []),
    ...made.map(({ outline, values }) => ({
      step,
      made: values,
      settings,
      kindName: outline.name,
      place: placeIn(outline, idOf(outline, values)),
    })),
  ];
}
