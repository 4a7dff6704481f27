import { serialKey } from "../../kinds/serialNumber";
import { isProviderError, kindOf } from "../../provider/errors";
import { type Item, inventories, type KindInventory } from "../../provider/inventory";
import type { Run } from "../../provider/run";
import { type Choice, isChosen, isKindChosen } from "./choice";

/** Where objects are listed: an instance, one of its groups, or one of its CAs. */
export interface Place {
  readonly instanceId: string;
  readonly groupId?: string;
  readonly caSn?: string;
}

/** One listing of the service, to be walked for one kind. */
export interface Listing {
  readonly kind: KindInventory;
  readonly place: Place;
  /** The same for all objects that it would have, however a serial number is written. */
  readonly key: string;
  readonly text: string;
  readonly list: () => Promise<readonly Item[]>;
}

/** Nothing changes while it is looked at, as far as it matters: each listing is walked once. */
const anyAge = Number.POSITIVE_INFINITY;

/** What the listings of instances hold of what was chosen, as far as they can be had. */
export class Listings {
  /** What was asked for and could not be had, a sentence each. */
  readonly gaps: string[] = [];
  /** What an instance does not offer, a sentence each. */
  readonly notes: string[] = [];
  /** Groups, CAs and whatever else was listed of what was chosen. */
  readonly found: Item[] = [];
  /** The places whose listing could not be had. */
  readonly #untold = new Set<string>();
  readonly #kinds: readonly KindInventory[];

  constructor(
    private readonly run: Run,
    private readonly choice: Choice,
  ) {
    this.#kinds = inventories(run).filter(({ outline }) => isKindChosen(choice, outline.name));
  }

  /** All listings of an instance that hold anything of what was chosen. Throws when the service does not know it. */
  async of(instanceId: string): Promise<Listing[]> {
    const { groups, cas } = this.run.service;
    const inGroups = this.#kinds.filter(({ inventory }) => inventory.of === "group");
    const ofCas = this.#kinds.filter(({ inventory }) => inventory.of === "CA");
    const isUnknown = (error: unknown) => kindOf(error) === "InvalidInput";
    const [someGroups, someCas] = await Promise.all([
      inGroups.length > 0 ? this.#listed(groupsOf(instanceId), () => groups.all(instanceId, anyAge), isUnknown) : [],
      ofCas.length > 0 ? this.#listed(casOf(instanceId), () => cas.all(instanceId, anyAge), isUnknown) : [],
    ]);
    const listing = (kind: KindInventory, place: Place, list: Listing["list"]): Listing => ({
      kind,
      place,
      key: keyOf(kind, place),
      text: textOf(kind, place),
      list,
    });
    return this.#kinds.flatMap((kind) => {
      const { inventory } = kind;
      if (inventory.of === "group") {
        const all = someGroups.map(({ groupId }) => ({ instanceId, groupId }));
        return all.map((group) => listing(kind, group, () => inventory.list(this.run, group)));
      }
      if (inventory.of === "CA") {
        const all = someCas.map(({ caSn }) => ({ instanceId, caSn }));
        return all.map((ca) => listing(kind, ca, () => inventory.list(this.run, ca)));
      }
      return [listing(kind, { instanceId }, () => inventory.list(this.run, instanceId))];
    });
  }

  /** Whether the listings that would have an object could be had, so that it is missing when they lack it. */
  isTold(kind: KindInventory, place: Place): boolean {
    const holders = { group: groupsOf(place.instanceId), CA: casOf(place.instanceId), instance: "" };
    return ![holders[kind.inventory.of], keyOf(kind, place)].some((key) => this.#untold.has(key));
  }

  /** What of a listing was chosen; nothing, and a gap, when it cannot be had. */
  items({ key, text, list }: Listing): Promise<Item[]> {
    return this.#listed(text, list, () => false, key);
  }

  async #listed<One extends Item>(
    text: string,
    list: () => Promise<readonly One[]>,
    isFatal: (error: unknown) => boolean,
    key = text,
  ): Promise<One[]> {
    try {
      const items = (await list()).filter((item) => isChosen(this.choice, item));
      for (const item of items) this.found.push(item);
      return items;
    } catch (error) {
      if (isFatal(error)) {
        throw error;
      }
      // Some editions have neither certificates nor custom authentication.
      if (kindOf(error) === "Unsupported" && this.choice.kinds === undefined) {
        this.notes.push(`${text}: ${error instanceof Error ? error.message : error}`);
      } else {
        this.gaps.push(`${text}: ${failureText(this.run, error)}`);
      }
      this.#untold.add(key);
      return [];
    }
  }
}

/** One text for the listing that would have an object of a kind. */
export function keyOf(kind: KindInventory, place: Place): string {
  return textOf(kind, place.caSn === undefined ? place : { ...place, caSn: serialKey(place.caSn) });
}

function textOf({ outline, inventory }: KindInventory, { instanceId, groupId, caSn }: Place): string {
  const holder = { group: `group ${groupId} of `, CA: `CA ${caSn} of `, instance: "" }[inventory.of];
  return `${outline.name} of ${holder}${instanceId}`;
}

function groupsOf(instanceId: string): string {
  return `groups of ${instanceId}`;
}

function casOf(instanceId: string): string {
  return `CAs of ${instanceId}`;
}

/** What a failure is told by, with what to do once for all that fail alike. */
export function failureText({ advice }: Run, error: unknown): string {
  const told = isProviderError(error) ? advice.once(error) : error;
  return told instanceof Error ? told.message : String(told);
}
