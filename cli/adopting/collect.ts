import { isProviderError, kindOf } from "../../provider/errors";
import { type Item, inventories, type KindInventory } from "../../provider/inventory";
import type { Run } from "../../provider/run";
import { type Adopted, adoptedFrom } from "./adopted";
import { type Choice, isChosen, isKindChosen, missingOf } from "./choice";
import { resourceName } from "./resourceName";

export interface Collected {
  /** In an order that follows from nothing but what there is. */
  readonly adopted: readonly Adopted[];
  /** What was asked for and could not be had, a sentence each. */
  readonly gaps: readonly string[];
  /** What to do about them: many have one cause. */
  readonly advice: readonly string[];
  /** What an instance does not offer, a sentence each. */
  readonly notes: readonly string[];
}

/** One listing of the service, to be walked for one kind. */
interface Listing {
  readonly kind: KindInventory;
  readonly text: string;
  readonly holder: Adopted["holder"];
  readonly list: () => Promise<readonly Item[]>;
}

/** How many listings are walked, and how many objects of one are looked up, at a time; the limiter sets the pace. */
const hands = { listings: 8, lookups: 64 };
/** After so many failures in one listing the rest of it is not tried: they have one cause. */
const enoughFailures = 20;
/** Nothing changes while it is collected, as far as it matters: each listing is walked once. */
const anyAge = Number.POSITIVE_INFINITY;

/** Collects what was chosen, as far as the service gives it. Throws when it does not know a chosen instance. */
export async function collect(run: Run, choice: Choice): Promise<Collected> {
  const collection = new Collection(run, choice);
  const listings = (await Promise.all(choice.instanceIds.map((id) => collection.listingsOf(id)))).flat();
  const parts: Adopted[][] = [];
  await inTurn(listings, hands.listings, async (listing) => {
    parts.push(await collection.adoptAll(listing));
  });
  return {
    adopted: parts.flat().sort((one, other) => compare(orderOf(one), orderOf(other))),
    gaps: [...collection.gaps, ...missingOf(choice, collection.found), ...run.unread].sort(compare),
    advice: [...collection.advice].sort(compare),
    notes: collection.notes.sort(compare),
  };
}

class Collection {
  readonly gaps: string[] = [];
  readonly advice = new Set<string>();
  readonly notes: string[] = [];
  /** Groups, CAs and whatever else was listed of what was chosen. */
  readonly found: Item[] = [];
  readonly #kinds: readonly KindInventory[];
  readonly #begunAt: number;

  constructor(
    private readonly run: Run,
    private readonly choice: Choice,
  ) {
    this.#begunAt = run.now();
    this.#kinds = inventories(run).filter(({ outline }) => isKindChosen(choice, outline.name));
  }

  /** All listings of an instance that hold anything of what was chosen. */
  async listingsOf(instanceId: string): Promise<Listing[]> {
    const { groups, cas } = this.run.service;
    const inGroups = this.#kinds.filter(({ inventory }) => inventory.of === "group");
    const ofCas = this.#kinds.filter(({ inventory }) => inventory.of === "CA");
    const [someGroups, someCas] = await Promise.all([
      inGroups.length > 0 ? this.#listed(`groups of ${instanceId}`, () => groups.all(instanceId, anyAge)) : [],
      ofCas.length > 0 ? this.#listed(`CAs of ${instanceId}`, () => cas.all(instanceId, anyAge)) : [],
    ]);
    const listing = (
      kind: KindInventory,
      place: string,
      holder: Adopted["holder"],
      list: Listing["list"],
    ): Listing => ({ kind, text: `${kind.outline.name} of ${place}`, holder, list });
    return this.#kinds.flatMap((kind) => {
      const { inventory } = kind;
      if (inventory.of === "group") {
        return someGroups.map(({ groupId }) => {
          const holder = { kind: "Group", name: resourceName([instanceId, groupId]) };
          return listing(kind, `group ${groupId} of ${instanceId}`, holder, () =>
            inventory.list(this.run, { instanceId, groupId }),
          );
        });
      }
      if (inventory.of === "CA") {
        return someCas.map(({ caSn }) => {
          const holder = { kind: "CaCertificate", name: resourceName([instanceId, caSn]) };
          return listing(kind, `CA ${caSn} of ${instanceId}`, holder, () =>
            inventory.list(this.run, { instanceId, caSn }),
          );
        });
      }
      return [listing(kind, instanceId, undefined, () => inventory.list(this.run, instanceId))];
    });
  }

  /** The resources of all objects of a listing that were chosen. */
  async adoptAll({ kind, text, holder, list }: Listing): Promise<Adopted[]> {
    const items = await this.#listed(text, list);
    const adopted: Adopted[] = [];
    const failures: string[] = [];
    let done = 0;
    await inTurn(items, hands.lookups, async (item) => {
      if (failures.length >= enoughFailures) {
        return;
      }
      try {
        adopted.push(await adoptedFrom(kind, item, holder, this.choice.secrets));
      } catch (error) {
        // What is gone since it was listed is no gap.
        if (kindOf(error) !== "NotFound") {
          failures.push(this.#gap(text, error));
        }
      }
      done++;
      this.run.log.progress(`${text}: ${done} of ${items.length}`, this.#begunAt);
    });
    const untried = items.length - done;
    this.gaps.push(...failures, ...(untried > 0 ? [`${text}: ${untried} more were not tried.`] : []));
    return adopted;
  }

  /** What of a listing was chosen; nothing, and a gap, when it cannot be had. */
  async #listed<One extends Item>(text: string, list: () => Promise<readonly One[]>): Promise<One[]> {
    try {
      const items = (await list()).filter((item) => isChosen(this.choice, item));
      for (const item of items) this.found.push(item);
      return items;
    } catch (error) {
      const kind = kindOf(error);
      if (kind === "InvalidInput") {
        throw error;
      }
      // Some editions have neither certificates nor custom authentication.
      if (kind === "Unsupported" && this.choice.kinds === undefined) {
        this.notes.push(`${text}: ${messageOf(error)}`);
      } else {
        this.gaps.push(this.#gap(text, error));
      }
      return [];
    }
  }

  #gap(text: string, error: unknown): string {
    if (!isProviderError(error)) {
      return `${text}: ${messageOf(error)}`;
    }
    this.advice.add(error.advice);
    return `${text}: ${error.summary}.`;
  }
}

function orderOf({ outline, id }: Adopted): string {
  return `${outline.name} ${id}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Does something with each item, some at a time. */
async function inTurn<One>(items: readonly One[], atATime: number, work: (item: One) => Promise<void>): Promise<void> {
  const waiting = [...items].reverse();
  const hand = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, hand));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
