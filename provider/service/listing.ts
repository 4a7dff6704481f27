import { MqttProviderError } from "../errors";

/** How a listing is read. */
export interface ListingSource<Item> {
  readonly page: (pageNo: number, nextToken: string | undefined) => Promise<ListedPage<Item>>;
  /** Entries of a full page. */
  readonly pageSize: number;
  /** Whether a full page without a token ends the listing once its total is reached. */
  readonly totalEndsIt: boolean;
  /** Whether a lookup by itself finds an object however its key was written. */
  readonly singleFindsAll: boolean;
  /** What is listed, such as `group GID_a on instance post-cn-x`. */
  readonly object: string;
  readonly now: () => number;
  readonly progress: (text: string) => void;
}

export interface ListedPage<Item> {
  readonly entries: readonly (readonly [key: string, item: Item])[];
  /** What the service says it counts: the listing's entries, in some listings its pages or this page's entries. */
  readonly total: number;
  readonly nextToken?: string | undefined;
}

/** What is known of an object, and from when. */
interface Sighting<Item> {
  readonly item: Item | undefined;
  readonly at: number;
}

interface Waiting<Item> {
  readonly notBefore: number;
  readonly single: () => Promise<Item | undefined>;
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A full walk may cost this many times the calls of looking up singly, since a walk serves later lookups too. */
const walkWorth = 10;

/** A listing that changes while it is walked is walked again, this often in all. */
const walks = 3;

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
  #mustWalk = false;
  #running = false;

  constructor(private readonly source: ListingSource<Item>) {}

  /** The object, or undefined when it is not there, as seen at most `maxAgeMs` ago. `single` looks up this one alone. */
  lookup(key: string, maxAgeMs: number, single: () => Promise<Item | undefined>): Promise<Item | undefined> {
    const notBefore = this.source.now() - maxAgeMs;
    const known = this.#known(key);
    if (known && known.at >= notBefore) {
      return Promise.resolve(known.item);
    }
    return new Promise((resolve, reject) => this.#wait(key, [{ notBefore, single, resolve, reject }]));
  }

  /** All entries, as listed at most `maxAgeMs` ago. */
  async all(maxAgeMs: number): Promise<ReadonlyMap<string, Item>> {
    this.#mustWalk = true;
    await this.lookup("", maxAgeMs, async () => undefined);
    return this.#walked?.items ?? new Map();
  }

  /** Notes what this run wrote or saw; what was seen later already stays. */
  note(key: string, item: Item | undefined, at = this.source.now()): void {
    const known = this.#written.get(key);
    if (!known || known.at <= at) {
      this.#written.set(key, { item, at });
    }
  }

  #known(key: string): Sighting<Item> | undefined {
    const written = this.#written.get(key);
    const walked = this.#walked;
    return walked && (!written || written.at < walked.at) ? { item: walked.items.get(key), at: walked.at } : written;
  }

  #wait(key: string, waiting: readonly Waiting<Item>[]): void {
    if (waiting.length > 0) {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), ...waiting]);
      void this.#serve();
    }
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
    this.#pages = Math.ceil(first.total / this.source.pageSize);
    if (!this.#walkPays(this.#pages)) {
      return this.#lookUpSingly();
    }
    this.#walked = await this.#walkUntilSteady(first, at);
    this.#mustWalk = false;
    for (const [key, waiting] of this.#takeWaiting()) {
      this.#answer(key, waiting);
    }
  }

  /** Answers those for whom what is known is young enough; the others wait for the next walk. */
  #answer(key: string, waiting: readonly Waiting<Item>[]): void {
    const known = this.#known(key);
    const isServed = ({ notBefore }: Waiting<Item>) => known !== undefined && known.at >= notBefore;
    for (const { resolve } of waiting.filter(isServed)) {
      resolve(known?.item);
    }
    this.#wait(
      key,
      waiting.filter((one) => !isServed(one)),
    );
  }

  #walkPays(pages: number): boolean {
    return this.#mustWalk || pages - 1 <= walkWorth * (this.#singleLookups + this.#waiting.size);
  }

  #lookUpSingly(): void {
    for (const [key, waiting] of this.#takeWaiting()) {
      this.#singleLookups++;
      void this.#lookUpOne(key, waiting);
    }
  }

  async #lookUpOne(key: string, waiting: readonly Waiting<Item>[]): Promise<void> {
    const at = this.source.now();
    try {
      const item = await waiting[0]?.single();
      if (item === undefined && !this.source.singleFindsAll) {
        this.#mustWalk = true;
        this.#wait(key, waiting);
        return;
      }
      this.note(key, item, at);
      for (const { resolve } of waiting) {
        resolve(item);
      }
    } catch (error) {
      for (const { reject } of waiting) {
        reject(error);
      }
    }
  }

  /**
   * All entries, or an error: something missing from an incomplete listing proves nothing. Pages are numbered, so an
   * entry that somebody removes meanwhile moves another one over the edge of a page, unseen: then it is walked again.
   */
  async #walkUntilSteady(firstPage: ListedPage<Item>, start: number) {
    let first = firstPage;
    let at = start;
    for (let walk = 1; ; walk++) {
      const { items, last } = await this.#walk(first);
      const countsEntries = first.total > first.entries.length;
      if (!countsEntries || (last.total >= first.total && items.size >= first.total)) {
        return { items, at };
      }
      if (walk === walks) {
        throw this.#incomplete(
          `${items.size} entries were listed of ${first.total} counted, in each of ${walks} tries`,
        );
      }
      at = this.source.now();
      first = await this.source.page(1, undefined);
    }
  }

  async #walk(first: ListedPage<Item>) {
    const items = new Map(first.entries);
    const tokens = new Set<string>();
    let page = first;
    for (let pageNo = 2; !this.#isLast(page, items.size); pageNo++) {
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
      this.source.progress(`${this.source.object}: listed ${items.size} of about ${Math.max(items.size, page.total)}`);
    }
    return { items, last: page };
  }

  /** Whether a page proves that nothing follows. Whether a total within one page counts the page is not documented. */
  #isLast({ entries, total, nextToken }: ListedPage<Item>, seen: number): boolean {
    const { pageSize, totalEndsIt } = this.source;
    if (entries.length === 0) {
      return true;
    }
    return !nextToken && (entries.length < pageSize || (totalEndsIt && total > pageSize && seen >= total));
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
