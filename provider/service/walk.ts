import { createHash } from "node:crypto";
import { counted } from "../../kinds/words";
import { MqttProviderError } from "../errors";

/** What walks take from the outside. */
export interface WalkContext {
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** How far a walk has come that began at a time. */
  readonly progress: (text: string, begunAt: number) => void;
  /** Takes a sentence on each complete walk with rows that could not be read. */
  readonly unread?: (text: string) => void;
  /** Once it is aborted no further page is asked for, and whoever waits gets its reason. */
  readonly signal: AbortSignal;
}

/** Where the pages of a listing come from, and how they are to be read. */
export interface PageSource<Item> extends WalkContext {
  /** One page; the token is that of the page before, if it had one. */
  readonly page: (pageNo: number, nextToken: string | undefined) => Promise<ListedPage<Item>>;
  /** Entries of a full page; infinite where a page without a token is the last one, however full. */
  readonly pageSize: number;
  /** Whether a full page without a token ends the listing once its total is reached. */
  readonly totalEndsIt: boolean;
  /** What is listed, such as `group GID_a on instance post-cn-x`. */
  readonly object: string;
}

export interface ListedPage<Item> {
  readonly entries: readonly (readonly [key: string, item: Item])[];
  /** Rows of the page that could not be read and are no entries. Default: 0. */
  readonly leftOut?: number | undefined;
  /** What the service says it counts: the listing's entries, in some listings its pages or this page's entries. */
  readonly total?: number | undefined;
  /** Says that the listing goes on, whatever the page holds. Absent or empty on the last page. */
  readonly nextToken?: string | undefined;
}

/** A walk that has begun. */
export interface FirstPage<Item> {
  readonly page: ListedPage<Item>;
  /** When it was asked for. */
  readonly at: number;
}

/** A listing read to its end. */
export interface Walk<Item> {
  readonly items: ReadonlyMap<string, Item>;
  /** What it lacks of the tries before it, which the count spoiled: gone meanwhile, or hidden. */
  readonly alsoSeen: ReadonlyMap<string, Item>;
  /** When its first page was asked for. */
  readonly at: number;
  readonly pages: number;
  /** Rows that could not be read: what seems missing may be among them. */
  readonly leftOut: number;
}

/** A listing that changes while it is walked is walked again, this often in all. */
const walks = 3;
/** The longest listing that is walked: two million entries in pages of 100, some minutes at the default rate. */
export const maxPages = 20_000;
/** So many pages in a row that bring nothing new are one listing that never ends. */
const maxBarrenPages = 100;

export async function firstPage<Item>(source: PageSource<Item>): Promise<FirstPage<Item>> {
  const at = source.now();
  return { page: await pageOf(source, 1, undefined), at };
}

/**
 * All entries, or an error: something missing from an incomplete listing proves nothing. Pages may be numbered, so an
 * entry that somebody removes meanwhile moves another one over the edge of a page, unseen: then it is walked again.
 */
export async function walkToEnd<Item>(source: PageSource<Item>, begun: FirstPage<Item>): Promise<Walk<Item>> {
  const tries: ReadonlyMap<string, Item>[] = [];
  let first = begun;
  for (let tried = 1; ; tried++) {
    const { last, ...walk } = await walkOnce(source, first);
    const listed = walk.items.size + walk.leftOut;
    const counted = first.page.total ?? 0;
    const countsEntries = counted > rowsOf(first.page);
    if (!countsEntries || ((last.total ?? counted) >= counted && listed >= counted)) {
      if (walk.leftOut > 0) {
        source.unread?.(`${source.object}: the listing has rows that cannot be read, ${walk.leftOut} of them.`);
      }
      return { ...walk, alsoSeen: lackedBy(walk.items, tries) };
    }
    tries.push(walk.items);
    if (tried === walks) {
      throw incomplete(source, `${listed} entries were listed of ${counted} counted, in each of ${walks} tries`);
    }
    first = await firstPage(source);
  }
}

/** What these hold that a listing lacks. */
export function lackedBy<Item>(
  items: ReadonlyMap<string, Item>,
  others: readonly ReadonlyMap<string, Item>[],
): Map<string, Item> {
  const lacked = new Map<string, Item>();
  for (const other of others) {
    for (const [key, item] of other) {
      if (!items.has(key)) {
        lacked.set(key, item);
      }
    }
  }
  return lacked;
}

async function walkOnce<Item>(source: PageSource<Item>, { page: first, at }: FirstPage<Item>) {
  const items = new Map(first.entries);
  const tokens = new Set<string>();
  let leftOut = first.leftOut ?? 0;
  let page = first;
  let pages = 1;
  let barrenPages = 0;
  while (!isLast(source, page, items.size + leftOut)) {
    if (page.nextToken && tokens.size === tokens.add(digest(page.nextToken)).size) {
      throw incomplete(source, `the listing gives the same token twice, before page ${pages + 1}`);
    }
    if (barrenPages === maxBarrenPages) {
      throw incomplete(source, `${barrenPages} pages in a row held nothing new, each with a token for more`);
    }
    if (pages === maxPages || items.size > maxPages * source.pageSize) {
      throw incomplete(
        source,
        `the listing did not end with page ${pages} and ${counted(items.size, "entry", "entries")}`,
      );
    }
    pages++;
    page = await pageOf(source, pages, page.nextToken || undefined);
    const seen = items.size;
    for (const [key, item] of page.entries) {
      items.set(key, item);
    }
    leftOut += page.leftOut ?? 0;
    barrenPages = items.size > seen ? 0 : barrenPages + 1;
    if (barrenPages > 0 && !page.nextToken && !isLast(source, page, items.size + leftOut)) {
      throw incomplete(source, `page ${pages} of the listing holds nothing new`);
    }
    source.progress(`${source.object}: listed ${items.size}${ofTotal(items.size, page.total)}`, at);
  }
  return { items, at, pages, leftOut, last: page };
}

async function pageOf<Item>(source: PageSource<Item>, pageNo: number, nextToken: string | undefined) {
  source.signal.throwIfAborted();
  return source.page(pageNo, nextToken);
}

/** Whether a page proves that nothing follows. Whether a total within one page counts the page is not documented. */
function isLast<Item>({ pageSize, totalEndsIt }: PageSource<Item>, page: ListedPage<Item>, seen: number): boolean {
  const { total = 0, nextToken } = page;
  return !nextToken && (rowsOf(page) < pageSize || (totalEndsIt && total > pageSize && seen >= total));
}

function rowsOf<Item>({ entries, leftOut = 0 }: ListedPage<Item>): number {
  return entries.length + leftOut;
}

/** Of one length, so that many long tokens do not fill the memory. */
function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}

function ofTotal(listed: number, total: number | undefined): string {
  return total === undefined ? "" : ` of about ${Math.max(listed, total)}`;
}

export function incomplete({ object }: Pick<PageSource<never>, "object">, problem: string): MqttProviderError {
  return new MqttProviderError({
    kind: "Unexpected",
    action: "Listing",
    object,
    problem,
    advice: "Nothing is concluded from an incomplete listing; run the command again",
  });
}
