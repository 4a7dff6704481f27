import { expect } from "chai";
import { kindOf } from "../../../provider/errors";
import { type ListedPage, Listing } from "../../../provider/service/listing";

const pageSize = 100;
const always = Number.POSITIVE_INFINITY;

/** A listing of numbered objects, `0` to `size - 1`, with a clock to turn and a count of what it cost. */
class Shelf {
  now = 0;
  calls = 0;
  singles = 0;
  readonly progress: string[] = [];
  readonly listing: Listing<string>;
  readonly removed = new Set<string>();

  constructor(
    readonly size: number,
    readonly page: (pageNo: number, token: string | undefined) => ListedPage<string> = (pageNo) =>
      this.numbered(pageNo),
  ) {
    this.listing = new Listing({
      page: async (pageNo, token) => {
        this.calls++;
        return this.page(pageNo, token);
      },
      object: "group GID_a12",
      now: () => this.now,
      progress: (text) => this.progress.push(text),
    });
  }

  numbered(pageNo: number): ListedPage<string> {
    const start = (pageNo - 1) * pageSize;
    const length = Math.max(0, Math.min(pageSize, this.size - start));
    const keys = Array.from({ length }, (_, index) => String(start + index));
    const entries = keys.filter((key) => !this.removed.has(key)).map((key) => [key, `item ${key}`] as const);
    return { entries, pages: Math.ceil(this.size / pageSize), last: length < pageSize };
  }

  lookup(key: string, maxAgeMs = always): Promise<string | undefined> {
    return this.listing.lookup(key, maxAgeMs, async () => {
      this.singles++;
      return Number(key) < this.size && !this.removed.has(key) ? `item ${key}` : undefined;
    });
  }

  /** Looks up so many objects at once. */
  lookups(count: number): Promise<(string | undefined)[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.lookup(String(index))));
  }
}

async function failureOf(result: Promise<unknown>): Promise<unknown> {
  return result.then(
    () => expect.fail("should have failed"),
    (error: unknown) => error,
  );
}

describe("listing", () => {
  describe("cost", () => {
    it("reads one object of a small group with one call", async () => {
      const shelf = new Shelf(5);
      expect(await shelf.lookup("3")).to.equal("item 3");
      expect(shelf).to.include({ calls: 1, singles: 0 });
    });

    it("reads one object in 100,000 with two calls", async () => {
      const shelf = new Shelf(100_000);
      expect(await shelf.lookup("99999")).to.equal("item 99999");
      expect(shelf).to.include({ calls: 1, singles: 1 });
    });

    it("reads 50 objects in 100,000 with 51 calls", async () => {
      const shelf = new Shelf(100_000);
      await shelf.lookups(50);
      expect(shelf).to.include({ calls: 1, singles: 50 });
    });

    it("reads 1,000 objects of 1,000 with 11 calls", async () => {
      const shelf = new Shelf(1_000);
      expect(new Set(await shelf.lookups(1_000)).size).to.equal(1_000);
      expect(shelf).to.include({ calls: 11, singles: 0 });
    });

    it("walks once the lookups of a run, one after the other, have become worth it", async () => {
      const shelf = new Shelf(5_000);
      for (let index = 0; index < 20; index++) {
        await shelf.lookup(String(index));
      }
      expect(shelf).to.include({ calls: 52, singles: 4 });
    });

    it("shares one walk among lookups at once", async () => {
      const shelf = new Shelf(250);
      await shelf.lookups(250);
      expect(shelf.calls).to.equal(3);
    });

    it("lets a lookup that comes during a walk share it", async () => {
      const shelf: Shelf = new Shelf(250, (pageNo) => {
        if (pageNo === 2) late.push(shelf.lookup("1"));
        return shelf.numbered(pageNo);
      });
      const late: Promise<string | undefined>[] = [];
      await shelf.lookup("240");
      expect(await Promise.all(late)).to.deep.equal(["item 1"]);
      expect(shelf.calls).to.equal(3);
    });

    it("answers later lookups from the walk", async () => {
      const shelf = new Shelf(250);
      await shelf.lookup("1");
      expect([await shelf.lookup("2"), await shelf.lookup("999")]).to.deep.equal(["item 2", undefined]);
      expect(shelf.calls).to.equal(3);
    });

    it("looks a key up once when several ask for it", async () => {
      const shelf = new Shelf(100_000);
      await Promise.all([shelf.lookup("7"), shelf.lookup("7"), shelf.lookup("7")]);
      expect(shelf.singles).to.equal(1);
    });
  });

  describe("age", () => {
    it("walks again when the last walk is older than asked for", async () => {
      const shelf = new Shelf(5);
      await shelf.lookup("3", 60_000);
      shelf.removed.add("3");
      shelf.now = 60_001;
      expect(await shelf.lookup("3", 60_000)).to.equal(undefined);
    });

    it("does not walk again before", async () => {
      const shelf = new Shelf(5);
      await shelf.lookup("3", 60_000);
      shelf.now = 60_000;
      await shelf.lookup("4", 60_000);
      expect(shelf.calls).to.equal(1);
    });

    it("counts from the start of the walk", async () => {
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 40_000;
        return shelf.numbered(pageNo);
      });
      await shelf.lookup("3", 60_000);
      await shelf.lookup("4", 60_000);
      expect(shelf.calls).to.equal(4);
    });
  });

  describe("own writes", () => {
    it("are seen without another walk", async () => {
      const shelf = new Shelf(5);
      await shelf.lookup("3");
      shelf.listing.note("3", undefined);
      shelf.listing.note("new", "item new");
      expect([await shelf.lookup("3"), await shelf.lookup("new")]).to.deep.equal([undefined, "item new"]);
      expect(shelf.calls).to.equal(1);
    });

    it("count for more than a walk that had begun before them", async () => {
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        if (pageNo === 2) shelf.listing.note("3", undefined);
        return shelf.numbered(pageNo);
      });
      await shelf.lookup("149");
      expect(await shelf.lookup("3")).to.equal(undefined);
    });

    it("count for less than a later walk", async () => {
      const shelf = new Shelf(5);
      shelf.listing.note("3", undefined);
      shelf.now = 100;
      expect(await shelf.lookup("3", 50)).to.equal("item 3");
    });
  });

  describe("end", () => {
    /** Pages as given, in order; with how the walk ends. */
    async function walk(...pages: readonly ListedPage<string>[]) {
      const shelf = new Shelf(0, (pageNo) => pages[pageNo - 1] ?? expect.fail(`there is no page ${pageNo}`));
      const found = await shelf.lookup("z");
      return { found, calls: shelf.calls };
    }
    const entry = (key: string) => [key, `item ${key}`] as const;

    it("is the page that says so", async () => {
      const last = { entries: [entry("z")], pages: 1, last: true };
      expect(await walk({ entries: [entry("a")], pages: 1, last: false }, last)).to.deep.equal({
        found: "item z",
        calls: 2,
      });
    });

    it("is not where the number of pages says so", async () => {
      const more = { entries: [entry("a")], pages: 1, last: false };
      const last = { entries: [], pages: 1, last: true };
      expect((await walk(more, { ...more, entries: [entry("z")] }, last)).found).to.equal("item z");
    });

    it("may hold again what an earlier page held, when objects moved up meanwhile", async () => {
      const first = { entries: [entry("a"), entry("b")], pages: 1, last: false };
      const second = { entries: [entry("b"), entry("z")], pages: 1, last: true };
      expect((await walk(first, second)).found).to.equal("item z");
    });

    it("passes the token of each page on to the next", async () => {
      const tokens: (string | undefined)[] = [];
      const shelf: Shelf = new Shelf(250, (pageNo, token) => {
        tokens.push(token);
        return { ...shelf.numbered(pageNo), nextToken: `after ${pageNo}` };
      });
      await shelf.lookup("1");
      expect(tokens).to.deep.equal([undefined, "after 1", "after 2"]);
    });
  });

  describe("incomplete", () => {
    it("is an error when a token repeats", async () => {
      const shelf: Shelf = new Shelf(1_000, (pageNo) => ({ ...shelf.numbered(pageNo), nextToken: "same" }));
      const error = await failureOf(shelf.lookup("5000"));
      expect(error).to.have.property(
        "message",
        "Listing for group GID_a12: the listing gives the same token twice, before page 3. " +
          "Nothing is concluded from an incomplete listing; run the command again",
      );
    });

    it("is an error when a page repeats", async () => {
      const shelf: Shelf = new Shelf(1_000, () => shelf.numbered(1));
      const error = await failureOf(shelf.lookup("5000"));
      expect(kindOf(error)).to.equal("Unexpected");
      expect(error).to.have.property("message").that.contains("page 2 of the listing holds nothing new");
    });

    it("rejects all that wait, those that came during the walk too", async () => {
      const late: Promise<unknown>[] = [];
      const shelf: Shelf = new Shelf(1_000, (pageNo) => {
        if (pageNo < 3) return shelf.numbered(pageNo);
        late.push(failureOf(shelf.lookup("7")));
        throw new Error("page 3 failed");
      });
      const errors = await Promise.all([failureOf(shelf.lookup("5")), failureOf(shelf.lookup("6"))]);
      expect([...errors, ...(await Promise.all(late))].map(String)).to.deep.equal(
        Array.from({ length: 3 }, () => "Error: page 3 failed"),
      );
    });

    it("leaves nothing behind: the next lookup walks anew", async () => {
      let broken = true;
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        if (pageNo === 2 && broken) throw new Error("page 2 failed");
        return shelf.numbered(pageNo);
      });
      await failureOf(shelf.lookup("3"));
      broken = false;
      expect(await shelf.lookup("3")).to.equal("item 3");
    });

    it("rejects only the lookup that failed when objects are looked up singly", async () => {
      const shelf = new Shelf(100_000);
      const failing = shelf.listing.lookup("1", always, () => Promise.reject(new Error("lost")));
      const [error, item] = await Promise.all([failureOf(failing), shelf.lookup("2")]);
      expect([String(error), item]).to.deep.equal(["Error: lost", "item 2"]);
    });
  });

  it("tells how far a walk has come", async () => {
    const shelf = new Shelf(250);
    await shelf.lookup("1");
    expect(shelf.progress).to.deep.equal([
      "group GID_a12: listed 200, page 2 of about 3",
      "group GID_a12: listed 250, page 3 of about 3",
    ]);
  });
});
