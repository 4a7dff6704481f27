import { MqttProviderError } from "../errors";

/** How a listing is read. */
export interface ListingSource<Item> {
  readonly page: (pageNo: number, nextToken: string | undefined) => Promise<ListedPage<Item>>;
  /** What is listed, such as `group GID_a on instance post-cn-x`. */
  readonly object: string;
  readonly now: () => number;
  readonly progress: (text: string) => void;
}

export interface ListedPage<Item> {
  readonly entries: readonly (readonly [key: string, item: Item])[];
  /** How many pages the whole listing seems to have. An estimate: nothing is concluded from it. */
  readonly pages: number;
  /** Whether this page proves that nothing follows. */
  readonly last: boolean;
  readonly nextToken?: string | undefined;
}

/** What is known of an object, and from when. */
interface Sighting<Item> {
  readonly item: Item | undefined;
  readonly at: number;
}

interface Waiting<Item> {
  readonly single: () => Promise<Item | undefined>;
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A full walk may cost this many times the calls of looking up singly, since a walk is free of charge and serves later lookups too. */
const walkWorth = 10;

/**
 * One listing of the service, shared by all lookups of a run. The first lookup walks it; the others wait for the same
 * walk or are answered from it. The run's own writes are noted, so they need no second walk. A listing much larger
 * than the number of lookups is not walked: its objects are looked up singly.
 */
export class Listing<Item> {
  readonly #written = new Map<string, Sighting<Item>>();
  readonly #waiting = new Map<string, Waiting<Item>[]>();
  #walked: { readonly items: ReadonlyMap<string, Item>; readonly at: number } | undefined;
  #pages: number | undefined;
  #singleLookups = 0;
  #running = false;

  constructor(private readonly source: ListingSource<Item>) {}

  /** The object, or undefined when it is not there, as seen at most `maxAgeMs` ago. `single` looks up this one alone. */
  lookup(key: string, maxAgeMs: number, single: () => Promise<Item | undefined>): Promise<Item | undefined> {
    const known = this.#known(key);
    if (known && this.source.now() - known.at <= maxAgeMs) {
      return Promise.resolve(known.item);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), { single, resolve, reject }]);
      void this.#serve();
    });
  }

  /** Notes what this run wrote or saw. */
  note(key: string, item: Item | undefined): void {
    this.#written.set(key, { item, at: this.source.now() });
  }

  #known(key: string): Sighting<Item> | undefined {
    const written = this.#written.get(key);
    const walked = this.#walked;
    return walked && (!written || written.at < walked.at) ? { item: walked.items.get(key), at: walked.at } : written;
  }

  async #serve(): Promise<void> {
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      while (this.#waiting.size > 0) {
        await this.#serveWaiting();
      }
    } catch (error) {
      for (const { reject } of this.#takeWaiting().flatMap(([, waiting]) => waiting)) {
        reject(error);
      }
    } finally {
      this.#running = false;
    }
  }

  async #serveWaiting(): Promise<void> {
    if (this.#pages !== undefined && !this.#walkPays(this.#pages)) {
      return this.#lookUpSingly();
    }
    const at = this.source.now();
    const first = await this.source.page(1, undefined);
    this.#pages = first.pages;
    if (!this.#walkPays(first.pages)) {
      return this.#lookUpSingly();
    }
    this.#walked = { items: await this.#walk(first), at };
    for (const [key, waiting] of this.#takeWaiting()) {
      for (const { resolve } of waiting) {
        resolve(this.#known(key)?.item);
      }
    }
  }

  #walkPays(pages: number): boolean {
    return pages - 1 <= walkWorth * (this.#singleLookups + this.#waiting.size);
  }

  async #lookUpSingly(): Promise<void> {
    const batch = this.#takeWaiting();
    this.#singleLookups += batch.length;
    await Promise.all(batch.map(([key, waiting]) => this.#lookUpOne(key, waiting)));
  }

  async #lookUpOne(key: string, waiting: readonly Waiting<Item>[]): Promise<void> {
    try {
      const item = await waiting[0]?.single();
      this.note(key, item);
      for (const { resolve } of waiting) {
        resolve(item);
      }
    } catch (error) {
      for (const { reject } of waiting) {
        reject(error);
      }
    }
  }

  /** All pages, or an error: something missing from an incomplete listing proves nothing. */
  async #walk(first: ListedPage<Item>): Promise<ReadonlyMap<string, Item>> {
    const items = new Map(first.entries);
    const tokens = new Set<string>();
    let page = first;
    for (let pageNo = 2; !page.last; pageNo++) {
      if (page.nextToken !== undefined && tokens.size === tokens.add(page.nextToken).size) {
        throw this.#incomplete(`the listing gives the same token twice, before page ${pageNo}`);
      }
      page = await this.source.page(pageNo, page.nextToken);
      const seen = items.size;
      for (const [key, item] of page.entries) {
        items.set(key, item);
      }
      if (page.entries.length > 0 && items.size === seen) {
        throw this.#incomplete(`page ${pageNo} of the listing holds nothing new`);
      }
      this.source.progress(
        `${this.source.object}: listed ${items.size}, page ${pageNo} of about ${Math.max(pageNo, page.pages)}`,
      );
    }
    return items;
  }

  #incomplete(problem: string): MqttProviderError {
    return new MqttProviderError({
      kind: "Unexpected",
      action: "Listing",
      object: this.source.object,
      problem,
      advice: "Nothing is concluded from an incomplete listing; run the command again",
    });
  }

  #takeWaiting(): [string, Waiting<Item>[]][] {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    return waiting;
  }
}
