import { isDeepStrictEqual } from "node:util";
import type { Claims } from "../../machine/claims";
import type { Action, InInstance, Page } from "./actions";
import type { Call } from "./client";
import { Listing } from "./listing";
import { settled, settledRemoval } from "./settled";
import { firstPage, type PageSource, type WalkContext, walkToEnd } from "./walk";

/** One sort of objects of custom authentication: how they are named, and the actions that deal with them. */
export interface CustomAuthSort<Key extends object, Item extends Key> {
  /** What an object is called in messages. */
  readonly text: (key: Key) => string;
  /** The parts that name it; the same text for the same object. */
  readonly name: (key: Key) => string;
  readonly query: Action<InInstance<Partial<Key>> & { readonly nextToken?: string | undefined }, Page<Item>>;
  readonly add: Action<InInstance<Item>, undefined>;
  readonly remove: Action<InInstance<Key>, undefined>;
}

/** Objects of custom authentication: the calls, each write settled, and one listing for each instance. */
export class CustomAuth<Key extends object, Item extends Key> {
  readonly #listings = new Map<string, Listing<Item>>();

  constructor(
    private readonly sort: CustomAuthSort<Key, Item>,
    protected readonly call: Call,
    private readonly context: WalkContext,
    private readonly claims: Claims,
    /** Where the instances are: two emulators may each have one of the same id. */
    private readonly place: string,
  ) {}

  /** The object in its instance's listing, seen at most `maxAgeMs` ago, or undefined. */
  listed(key: InInstance<Key>, maxAgeMs: number): Promise<Item | undefined> {
    return this.#listing(key.instanceId).lookup(this.sort.name(key), maxAgeMs, () => this.get(key));
  }

  /** All objects of the instance, as listed at most `maxAgeMs` ago. */
  async all(instanceId: string, maxAgeMs: number): Promise<InInstance<Item>[]> {
    return [...(await this.#listing(instanceId).all(maxAgeMs)).values()].map((item) => ({ ...item, instanceId }));
  }

  /** The object as it is now, or undefined. What the query's filters let through besides is left out. */
  async get(key: InInstance<Key>): Promise<Item | undefined> {
    const source = this.#source(key.instanceId, key);
    const { items } = await walkToEnd(source, await firstPage(source));
    return items.get(this.sort.name(key));
  }

  /** Adds an object that is not there, or gives the one that is. On one machine one process does so at a time. */
  addIfAbsent(item: InInstance<Item>): Promise<Item | undefined> {
    const lookAndAdd = async () => {
      const existing = await this.get(item);
      if (!existing) {
        await this.write(this.sort.add, item);
      }
      return existing;
    };
    return this.claims.during(`${this.place} ${this.text(item)}`, lookAndAdd, this.context.signal);
  }

  /** Makes the object what it is to be. */
  protected async write(action: Action<InInstance<Item>, undefined>, wanted: InInstance<Item>): Promise<void> {
    const { instanceId, ...parts } = wanted;
    // What is left of the object without its instance is an item; TypeScript does not follow that.
    const item = parts as unknown as Item;
    await settled(
      async () => {
        await this.call(action, wanted, this.text(wanted));
        return item;
      },
      async () => {
        const seen = await this.get(wanted);
        return seen && isDeepStrictEqual(seen, item) ? seen : undefined;
      },
      this.context.signal,
    );
    this.#listing(instanceId).note(this.sort.name(wanted), item);
  }

  /** Removes an object; nothing to do when it is not there. */
  async remove(key: InInstance<Key>): Promise<void> {
    const remove = () => this.call(this.sort.remove, key, this.text(key));
    await settledRemoval(remove, () => this.get(key), this.context.signal);
    this.#listing(key.instanceId).note(this.sort.name(key), undefined);
  }

  /** What an object is called in messages. */
  text(key: InInstance<Key>): string {
    return `${this.sort.text(key)} on instance ${key.instanceId}`;
  }

  #listing(instanceId: string): Listing<Item> {
    const source = this.#source(instanceId, {});
    const listing = this.#listings.get(instanceId) ?? new Listing({ ...source, singleFindsAll: true });
    this.#listings.set(instanceId, listing);
    return listing;
  }

  #source(instanceId: string, key: Partial<Key>): PageSource<Item> {
    const object = `custom authentication on instance ${instanceId}`;
    return {
      ...this.context,
      page: async (_pageNo, nextToken) => {
        const page = await this.call(this.sort.query, { ...key, instanceId, nextToken }, object);
        return { ...page, entries: page.items.map((item) => [this.sort.name(item), item] as const) };
      },
      // The last page is the one without a token (documented), however full.
      pageSize: Number.POSITIVE_INFINITY,
      totalEndsIt: false,
      object,
    };
  }
}

/** The same of objects that can be changed in place. */
export class ChangeableCustomAuth<Key extends object, Item extends Key> extends CustomAuth<Key, Item> {
  constructor(
    private readonly updateAction: Action<InInstance<Item>, undefined>,
    ...rest: ConstructorParameters<typeof CustomAuth<Key, Item>>
  ) {
    super(...rest);
  }

  /** Changes an object that was seen. */
  update(item: InInstance<Item>): Promise<void> {
    return this.write(this.updateAction, item);
  }
}
