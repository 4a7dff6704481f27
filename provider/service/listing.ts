import { firstPage, incomplete, lackedBy, maxPages, type PageSource, type Walk, walkToEnd } from "./walk";

/** How a listing is read. */
export interface ListingSource<Item> extends PageSource<Item> {
  /** Whether a lookup by itself finds an object however its key was written. */
  readonly singleFindsAll: boolean;
}

/** Looks up one object alone: gives it, or undefined when it is not there. */
type Single<Item> = () => Promise<Item | undefined>;

/** What is known of an object, and from when. */
interface Sighting<Item> {
  readonly item: Item | undefined;
  readonly at: number;
}

/** What a listing holds, and from when that is. */
export interface Sighted {
  readonly at: number;
  readonly has: (key: string) => boolean;
}

/** A complete walk, and what was seen since the one before it began that it lacks. */
interface LatestWalk<Item> extends Walk<Item> {
  readonly before: { readonly at: number; readonly gone: ReadonlyMap<string, Item> } | undefined;
}

interface Waiting<Item> {
  /** What serves it besides a walk, if anything does. */
  readonly alone: { readonly key: string; readonly single: Single<Item> } | undefined;
  /** Answers it if what is known is young and sure enough; whether it was. */
  readonly serve: () => boolean;
  readonly reject: (error: unknown) => void;
}

/** A full walk may cost this many times the calls of looking up singly, since a walk serves later lookups too. */
const walkWorth = 10;

/** How old walks may be that prove an object missing: by their pages, so that walking takes a small part of all calls. */
const proofAgeMs = { least: 2_000, perPage: 100, most: 10_000 };

/**
 * One listing of the service, shared by all lookups of a run. The first lookup walks it; the others wait for the same
 * walk or are answered from it. The run's own writes are noted, so they need no second walk. A listing much larger
 * than the number of lookups is not walked: its objects are looked up singly. A failed walk fails all who wait, and is
 * forgotten.
 */
export class Listing<Item> {
  readonly #written = new Map<string, Sighting<Item>>();
  #waiting: Waiting<Item>[] = [];
  #walked: LatestWalk<Item> | undefined;
  #pages: number | undefined;
  /** Since the last walk, which has paid for those before it. */
  #singleLookups = 0;
  #running = false;

  constructor(private readonly source: ListingSource<Item>) {}

  /** The object, or undefined when it is not there, as seen at most `maxAgeMs` ago. `single` looks up this one alone. */
  async lookup(key: string, maxAgeMs: number, single: Single<Item>): Promise<Item | undefined> {
    const notBefore = this.source.now() - maxAgeMs;
    const { item } = await this.#ask(() => this.#known(key, notBefore), { key, single });
    return item;
  }

  /**
   * The object, or undefined when it is surely not there. While others add and remove, a walk over numbered pages can
   * miss an object without a sign of it, so two walks in a row must agree, unless there is one page only; what either
   * of them saw is there. They began at most 2 s ago, 10 s in large listings.
   */
  async lookupSurely(key: string, single: Single<Item>): Promise<Item | undefined> {
    const { least, perPage, most } = proofAgeMs;
    const notBefore = this.source.now() - Math.min(Math.max(least, perPage * (this.#pages ?? 0)), most);
    const { item, at } = await this.#ask(() => this.#surelyKnown(key, notBefore), { key, single });
    const proves = this.source.now() - at <= most && !this.#walked?.leftOut;
    return item !== undefined || proves ? item : single();
  }

  /**
   * What is listed, as seen at most `maxAgeMs` ago: for those who make many objects in a row, and must make none that is
   * there. What either of the last two walks saw counts, unless one page holds all; `at` is when the last one began.
   */
  async sighted(maxAgeMs: number): Promise<Sighted> {
    const notBefore = this.source.now() - maxAgeMs;
    const walked = await this.#ask(() => {
      const latest = this.#walked;
      return latest && latest.at >= notBefore && (latest.pages === 1 || latest.before) ? latest : undefined;
    });
    const isListed = (key: string) => walked.items.has(key) || walked.before?.gone.has(key) === true;
    return {
      // Rows that could not be read may be any object.
      at: walked.leftOut > 0 ? Number.NEGATIVE_INFINITY : walked.at,
      has: (key) => {
        const written = this.#written.get(key);
        return written && written.at >= walked.at ? written.item !== undefined : isListed(key);
      },
    };
  }

  /** All entries, as listed at most `maxAgeMs` ago, with what this run wrote since then. */
  all(maxAgeMs: number): Promise<ReadonlyMap<string, Item>> {
    const notBefore = this.source.now() - maxAgeMs;
    return this.#ask(() => {
      const walked = this.#walked;
      return walked && walked.at >= notBefore ? this.#withWritten(walked) : undefined;
    });
  }

  /** The same, or an error when any of them could not be read. */
  async whole(maxAgeMs: number): Promise<ReadonlyMap<string, Item>> {
    const items = await this.all(maxAgeMs);
    const leftOut = this.#walked?.leftOut ?? 0;
    if (leftOut > 0) {
      throw incomplete(this.source, `${leftOut} entries could not be read`);
    }
    return items;
  }

  /** Notes what this run wrote or saw; what was seen later already stays. */
  note(key: string, item: Item | undefined, at = this.source.now()): void {
    const known = this.#written.get(key);
    if (!known || known.at <= at) {
      this.#written.set(key, { item, at });
    }
  }

  #known(key: string, notBefore: number): Sighting<Item> | undefined {
    const walked = this.#walked;
    const known = later(this.#written.get(key), walked && { item: walked.items.get(key), at: walked.at });
    return known && known.at >= notBefore ? known : undefined;
  }

  #surelyKnown(key: string, notBefore: number): Sighting<Item> | undefined {
    const known = this.#known(key, notBefore);
    const written = this.#written.get(key);
    if (!known || known === written || known.item !== undefined || this.#walked?.pages === 1) {
      return known;
    }
    const before = this.#walked?.before;
    const earlier = later(written, before && { item: before.gone.get(key), at: before.at });
    if (!earlier || earlier.at < notBefore) {
      return undefined;
    }
    return earlier.item === undefined ? known : earlier;
  }

  #withWritten(walked: Walk<Item>): ReadonlyMap<string, Item> {
    const items = new Map(walked.items);
    for (const [key, { item, at }] of this.#written) {
      if (at >= walked.at && item !== undefined) {
        items.set(key, item);
      } else if (at >= walked.at) {
        items.delete(key);
      }
    }
    return items;
  }

  /** What is known, or once it is: `known` gives undefined while that is not enough. */
  async #ask<Known extends object>(known: () => Known | undefined, alone?: Waiting<Item>["alone"]): Promise<Known> {
    return (
      known() ??
      new Promise((resolve, reject) => {
        const serve = () => {
          const answer = known();
          if (answer) {
            resolve(answer);
          }
          return answer !== undefined;
        };
        this.#wait([{ alone, serve, reject }]);
      })
    );
  }

  #wait(waiting: readonly Waiting<Item>[]): void {
    this.#waiting.push(...waiting);
    void this.#serve();
  }

  async #serve(): Promise<void> {
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      while (this.#waiting.length > 0) {
        await this.#serveWaiting();
      }
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) {
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
    const first = await firstPage(this.source);
    // Without a total nothing speaks against a walk.
    this.#pages = Math.ceil((first.page.total ?? 0) / this.source.pageSize);
    if (!this.#walkPays(this.#pages)) {
      return this.#lookUpSingly();
    }
    this.#keep(await walkToEnd(this.source, first));
    // Those for whom it is too old, or who need two, wait for the next walk.
    this.#waiting = this.#waiting.filter(({ serve }) => !serve());
    if (this.#waiting.length === 0) {
      this.#singleLookups = 0;
    }
  }

  #keep(walk: Walk<Item>): void {
    const before = this.#walked;
    const gone = before && lackedBy(walk.items, [before.alsoSeen, before.items, walk.alsoSeen]);
    this.#walked = { ...walk, before: gone && { at: before.at, gone } };
    this.#pages = walk.pages;
  }

  #walkPays(pages: number): boolean {
    const alone = this.#waiting.flatMap((one) => one.alone ?? []);
    if (alone.length < this.#waiting.length) {
      return true;
    }
    const lookups = this.#singleLookups + new Set(alone.map(({ key }) => key)).size;
    return pages <= maxPages && pages - 1 <= walkWorth * lookups;
  }

  #lookUpSingly(): void {
    const waiting = new Map<string, Waiting<Item>[]>();
    const singles = new Map<string, Single<Item>>();
    for (const one of this.#waiting.splice(0)) {
      if (one.alone) {
        const { key, single } = one.alone;
        waiting.set(key, [...(waiting.get(key) ?? []), one]);
        singles.set(key, single);
      }
    }
    this.#singleLookups += singles.size;
    const lookups = [...singles].map(([key, single]) => this.#lookUpOne(key, single, waiting.get(key) ?? []));
    // One walk for all that need one, so that one error ends them all.
    void Promise.all(lookups).then((unserved) => this.#wait(unserved.flat()));
  }

  /** Serves those who wait for one object; gives those whom only a walk can serve. */
  async #lookUpOne(
    key: string,
    single: Single<Item>,
    waiting: readonly Waiting<Item>[],
  ): Promise<readonly Waiting<Item>[]> {
    const at = this.source.now();
    try {
      const item = await single();
      if (item === undefined && !this.source.singleFindsAll) {
        return waiting.map((one) => ({ ...one, alone: undefined }));
      }
      this.note(key, item, at);
      return waiting.filter(({ serve }) => !serve());
    } catch (error) {
      for (const { reject } of waiting) {
        reject(error);
      }
      return [];
    }
  }
}

/** The later of two sightings; of two at the same time the first. */
function later<Item>(one: Sighting<Item> | undefined, other: Sighting<Item> | undefined): Sighting<Item> | undefined {
  return one && (!other || one.at >= other.at) ? one : other;
}
