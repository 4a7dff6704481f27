import { expect } from "chai";
import { kindOf } from "../../../provider/errors";
import { Listing, type ListingSource } from "../../../provider/service/listing";
import type { ListedPage } from "../../../provider/service/walk";

const pageSize = 100;
const always = Number.POSITIVE_INFINITY;

/** A listing of numbered objects, `0` to `size - 1`, with a clock to turn and a count of what it cost. */
class Shelf {
  now = 0;
  calls = 0;
  singles = 0;
  readonly progress: [text: string, begunAt: number | undefined][] = [];
  readonly listing: Listing<string>;
  readonly removed = new Set<string>();

  constructor(
    readonly size: number,
    readonly page: (pageNo: number, token: string | undefined) => ListedPage<string> = (pageNo) =>
      this.numbered(pageNo),
    traits: Partial<Pick<ListingSource<string>, "pageSize" | "totalEndsIt" | "singleFindsAll" | "signal">> = {},
  ) {
    this.listing = new Listing({
      page: async (pageNo, token) => {
        this.calls++;
        return this.page(pageNo, token);
      },
      pageSize,
      totalEndsIt: false,
      singleFindsAll: true,
      signal: new AbortController().signal,
      ...traits,
      object: "group GID_a12",
      now: () => this.now,
      progress: (...line) => this.progress.push(line),
    });
  }

  numbered(pageNo: number): ListedPage<string> {
    const keys = Array.from({ length: this.size }, (_, index) => String(index)).filter((key) => !this.removed.has(key));
    const shown = keys.slice((pageNo - 1) * pageSize, pageNo * pageSize);
    return { entries: shown.map((key) => [key, `item ${key}`] as const), total: keys.length };
  }

  lookup(key: string, maxAgeMs = always): Promise<string | undefined> {
    return this.listing.lookup(key, maxAgeMs, () => this.#single(key));
  }

  lookupSurely(key: string): Promise<string | undefined> {
    return this.listing.lookupSurely(key, () => this.#single(key));
  }

  /** Looks up so many objects at once. */
  lookups(count: number): Promise<(string | undefined)[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.lookup(String(index))));
  }

  async #single(key: string): Promise<string | undefined> {
    this.singles++;
    return Number(key) < this.size && !this.removed.has(key) ? `item ${key}` : undefined;
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

  describe("a lookup during a walk that needs a younger one", () => {
    it("waits for the next walk", async () => {
      const late: Promise<string | undefined>[] = [];
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 10;
        if (pageNo === 2 && late.length === 0) {
          late.push(shelf.lookup("3", 0));
          shelf.removed.add("3");
        }
        return shelf.numbered(pageNo);
      });
      const early = shelf.lookup("149");
      expect([await early, await Promise.all(late)]).to.deep.equal(["item 149", [undefined]]);
    });

    it("does not keep the others waiting", async () => {
      const order: string[] = [];
      const late: Promise<unknown>[] = [];
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 10;
        if (pageNo === 2 && late.length === 0) {
          late.push(shelf.lookup("3", 0).then(() => order.push(`late after ${shelf.calls} calls`)));
        }
        return shelf.numbered(pageNo);
      });
      await shelf.lookup("4").then(() => order.push("early"));
      await Promise.all(late);
      expect(order).to.deep.equal(["early", "late after 4 calls"]);
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

    it("count for more than what was seen before them, whenever that is told", async () => {
      const shelf = new Shelf(5);
      shelf.now = 10;
      shelf.listing.note("3", undefined);
      shelf.listing.note("3", "item 3 as it was", 5);
      expect(await shelf.lookup("3")).to.equal(undefined);
      expect(shelf.calls).to.equal(0);
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

    it("is a short page without a token", async () => {
      const first = { entries: [entry("a")], total: 2, nextToken: "after a" };
      expect(await walk(first, { entries: [entry("z")], total: 2 })).to.deep.equal({ found: "item z", calls: 2 });
    });

    it("is a short page whose token is empty", async () => {
      const first = { entries: [entry("a")], total: 2, nextToken: "after a" };
      const last = { entries: [entry("z")], total: 2, nextToken: "" };
      expect(await walk(first, last)).to.deep.equal({ found: "item z", calls: 2 });
    });

    it("is not where the total says so while there are tokens", async () => {
      const pages = [
        { entries: [entry("a")], total: 1, nextToken: "after a" },
        { entries: [entry("z")], total: 1, nextToken: "after z" },
        { entries: [], total: 1 },
      ];
      expect(await walk(...pages)).to.deep.equal({ found: "item z", calls: 3 });
    });

    it("is not an empty page that has a token", async () => {
      const pages = [
        { entries: [], total: 250, nextToken: "1" },
        { entries: [entry("a")], total: 250, nextToken: "2" },
        { entries: [], total: 0, nextToken: "3" },
        { entries: Array.from({ length: 249 }, (_, index) => entry(index === 7 ? "z" : `b${index}`)), total: 250 },
        { entries: [], total: 250 },
      ];
      expect(await walk(...pages)).to.deep.equal({ found: "item z", calls: 5 });
    });

    it("is not a page of known entries that has a token", async () => {
      const pages = ["1", "2"].map((nextToken) => ({ entries: [entry("a")], total: 2, nextToken }));
      expect(await walk(...pages, { entries: [entry("z")], total: 2 })).to.deep.equal({ found: "item z", calls: 3 });
    });

    it("is a short page of known entries without a token", async () => {
      const first = { entries: [entry("z")], total: 1, nextToken: "after z" };
      expect(await walk(first, { entries: [entry("z")], total: 1 })).to.deep.equal({ found: "item z", calls: 2 });
    });

    it("is a page without a token where nothing is counted", async () => {
      const first = { entries: [entry("a")], nextToken: "after a" };
      expect(await walk(first, { entries: [entry("z")] })).to.deep.equal({ found: "item z", calls: 2 });
    });

    it("is not a page that is short because some of its rows could not be read", async () => {
      const entries = Array.from({ length: pageSize - 1 }, (_, index) => entry(String(index)));
      const pages = [
        { entries, leftOut: 1, total: 101 },
        { entries: [entry("z")], total: 101 },
      ];
      expect(await walk(...pages)).to.deep.equal({ found: "item z", calls: 2 });
    });

    it("may hold again what an earlier page held, when objects moved down meanwhile", async () => {
      const first = { entries: [entry("a"), entry("b")], total: 2, nextToken: "after b" };
      const second = { entries: [entry("b"), entry("z")], total: 2 };
      expect((await walk(first, second)).found).to.equal("item z");
    });

    for (const [totalEndsIt, calls] of [
      [true, 2],
      [false, 3],
    ] as const) {
      it(`is ${totalEndsIt ? "" : "not "}the full page that reaches the total when the total ${totalEndsIt ? "ends it" : "may count something else"}`, async () => {
        const shelf = new Shelf(200, undefined, { totalEndsIt });
        expect([await shelf.lookup("199"), await shelf.lookup("200")]).to.deep.equal(["item 199", undefined]);
        expect(shelf.calls).to.equal(calls);
      });
    }

    it("passes the token of each page on to the next", async () => {
      const tokens: (string | undefined)[] = [];
      const shelf: Shelf = new Shelf(250, (pageNo, token) => {
        tokens.push(token);
        return { ...shelf.numbered(pageNo), nextToken: pageNo < 3 ? `after ${pageNo}` : undefined };
      });
      await shelf.lookup("1");
      expect(tokens).to.deep.equal([undefined, "after 1", "after 2"]);
    });
  });

  describe("steadiness", () => {
    it("walks again when an object that is removed meanwhile moves another one past the walk", async () => {
      const shelf: Shelf = new Shelf(250, (pageNo) => {
        if (pageNo === 2) shelf.removed.add("3");
        return shelf.numbered(pageNo);
      });
      expect(await shelf.lookup("100")).to.equal("item 100");
      expect(shelf.calls).to.equal(6);
      expect(await shelf.lookup("3")).to.equal(undefined);
    });

    it("is as old as the last walk", async () => {
      const shelf: Shelf = new Shelf(250, (pageNo) => {
        if (pageNo === 2) shelf.removed.add("3");
        shelf.now += 10;
        return shelf.numbered(pageNo);
      });
      await shelf.lookup("1");
      expect(shelf.now).to.equal(60);
      await shelf.lookup("2", 30);
      expect(shelf.calls).to.equal(6);
      await shelf.lookup("2", 29);
      expect(shelf.calls).to.equal(9);
    });

    it("does not walk again when objects are added meanwhile", async () => {
      let grown = 0;
      const shelf: Shelf = new Shelf(250, (pageNo) => ({ ...shelf.numbered(pageNo), total: 250 + grown++ }));
      expect(await shelf.lookup("100")).to.equal("item 100");
      expect(shelf.calls).to.equal(3);
    });

    it("is an error, not an absence, when three walks in a row hold less than is counted", async () => {
      const shelf: Shelf = new Shelf(1, (pageNo) => ({ ...shelf.numbered(pageNo), total: 250 }));
      const error = await failureOf(shelf.lookup("5"));
      expect(kindOf(error)).to.equal("Unexpected");
      expect(error).to.have.property(
        "message",
        "Listing for group GID_a12: 1 entries were listed of 250 counted, in each of 3 tries. " +
          "Nothing is concluded from an incomplete listing; run the command again",
      );
      expect(shelf).to.include({ calls: 3, singles: 0 });
    });

    it("is an error when an object is removed during each of three walks", async () => {
      let next = 0;
      const shelf: Shelf = new Shelf(250, (pageNo) => {
        if (pageNo === 2) shelf.removed.add(String(next++));
        return shelf.numbered(pageNo);
      });
      expect(kindOf(await failureOf(shelf.lookup("100")))).to.equal("Unexpected");
      expect(shelf.calls).to.equal(9);
    });
  });

  describe("a sure lookup", () => {
    it("calls missing what two walks in a row lack", async () => {
      const shelf = new Shelf(250);
      expect(await shelf.lookupSurely("none")).to.equal(undefined);
      expect(shelf).to.include({ calls: 6, singles: 0 });
    });

    it("needs one walk of a listing of one page", async () => {
      const shelf = new Shelf(99);
      expect(await shelf.lookupSurely("none")).to.equal(undefined);
      expect(shelf.calls).to.equal(1);
    });

    it("needs one walk for what is there", async () => {
      const shelf = new Shelf(250);
      expect(await shelf.lookupSurely("249")).to.equal("item 249");
      expect(shelf.calls).to.equal(3);
    });

    it("finds what either walk holds", async () => {
      const shelf: Shelf = new Shelf(250, (pageNo) => {
        const { entries, total } = shelf.numbered(pageNo);
        const hidden = shelf.calls <= 3 ? "120" : "130";
        return { entries: entries.map((entry) => (entry[0] === hidden ? ["another", "item"] : entry)), total };
      });
      const lookups = await Promise.all(["120", "130", "none"].map((key) => shelf.lookupSurely(key)));
      expect(lookups).to.deep.equal(["item 120", "item 130", undefined]);
      expect(await shelf.lookupSurely("130"), "in the walk before the last").to.equal("item 130");
      expect(shelf).to.include({ calls: 6, singles: 0 });
    });

    it("shares two walks with 999 others", async () => {
      const shelf = new Shelf(1_000);
      const keys = Array.from({ length: 1_000 }, (_, index) => `new ${index}`);
      expect(new Set(await Promise.all(keys.map((key) => shelf.lookupSurely(key))))).to.deep.equal(
        new Set([undefined]),
      );
      expect(shelf).to.include({ calls: 22, singles: 0 });
    });

    it("is a single one in a large listing, which counts at once", async () => {
      const shelf = new Shelf(100_000);
      expect([await shelf.lookupSurely("none"), await shelf.lookupSurely("7")]).to.deep.equal([undefined, "item 7"]);
      expect(shelf).to.include({ calls: 1, singles: 2 });
    });

    for (const [pages, seconds] of [
      [2, 2],
      [20, 2],
      [50, 5],
      [120, 10],
    ] as const) {
      it(`takes walks of ${pages} pages that are ${seconds} s old, not older`, async () => {
        const shelf = new Shelf(pages * pageSize - 1);
        const lookups = () => Promise.all(Array.from({ length: pages }, (_, index) => shelf.lookupSurely(`n${index}`)));
        await lookups();
        expect(shelf.calls).to.equal(2 * pages);
        shelf.now = seconds * 1_000;
        await lookups();
        expect(shelf.calls, "young enough").to.equal(2 * pages);
        shelf.now++;
        await lookups();
        expect(shelf.calls, "too old").to.equal(4 * pages);
      });
    }

    it("takes the later of two walks for the earlier of the next two", async () => {
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 500;
        return shelf.numbered(pageNo);
      });
      await shelf.lookupSurely("none");
      shelf.now = 2_500;
      await shelf.lookupSurely("none");
      expect(shelf.calls).to.equal(6);
    });

    it("looks singly when the walks took so long that they prove nothing any more", async () => {
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 6_000;
        return shelf.numbered(pageNo);
      });
      expect(await shelf.lookupSurely("none")).to.equal(undefined);
      expect(shelf).to.include({ calls: 4, singles: 1 });
    });

    it("looks singly for what may be among the rows that could not be read", async () => {
      const shelf: Shelf = new Shelf(50, () => ({
        entries: shelf.numbered(1).entries.slice(1),
        leftOut: 1,
        total: 50,
      }));
      expect([await shelf.lookupSurely("0"), await shelf.lookupSurely("50")]).to.deep.equal(["item 0", undefined]);
      expect(shelf).to.include({ calls: 1, singles: 2 });
    });

    it("waits for two walks when it comes during one that began too early", async () => {
      const late: Promise<unknown>[] = [];
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 2_000;
        if (shelf.calls === 2) late.push(shelf.lookupSurely("none").then(() => shelf.calls));
        return shelf.numbered(pageNo);
      });
      await shelf.lookup("1");
      expect(await Promise.all(late)).to.deep.equal([6]);
    });

    it("fails when the second walk fails, and needs two again the next time", async () => {
      let broken = true;
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 1_001;
        if (shelf.calls === 4 && broken) throw new Error("page 4 failed");
        return shelf.numbered(pageNo);
      });
      expect(String(await failureOf(shelf.lookupSurely("none")))).to.equal("Error: page 4 failed");
      broken = false;
      await shelf.lookupSurely("none");
      expect(shelf.calls).to.equal(8);
    });

    it("takes the run's own writes for what they are", async () => {
      const shelf = new Shelf(150);
      shelf.listing.note("new", "item new");
      shelf.listing.note("3", undefined);
      expect([await shelf.lookupSurely("new"), await shelf.lookupSurely("3")]).to.deep.equal(["item new", undefined]);
      expect(shelf.calls).to.equal(0);
    });

    it("finds what this run wrote between two walks although the second does not show it", async () => {
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 10;
        if (shelf.calls === 2) shelf.listing.note("new", "item new");
        return shelf.numbered(pageNo);
      });
      await shelf.lookupSurely("none");
      expect(shelf.calls).to.equal(4);
      expect(await shelf.lookupSurely("new")).to.equal("item new");
    });

    it("does not find what this run removed between two walks", async () => {
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 10;
        return shelf.numbered(pageNo);
      });
      await shelf.lookup("3");
      shelf.removed.add("3");
      shelf.listing.note("3", undefined);
      shelf.now++;
      await shelf.lookup("4", 0);
      expect(await shelf.lookupSurely("3")).to.equal(undefined);
      expect(shelf.calls).to.equal(4);
    });

    it("has to earn the walks of a large listing anew", async () => {
      const shelf = new Shelf(2_000);
      for (let index = 0; index < 9; index++) {
        await shelf.lookupSurely(`new ${index}`);
        shelf.now += 10_000;
      }
      // The first page; then, for two lookups each time, one single lookup and two walks.
      expect(shelf).to.include({ calls: 1 + 4 * 42, singles: 5 });
    });
  });

  describe("all entries", () => {
    it("come from the walk that serves lookups too", async () => {
      const shelf = new Shelf(250);
      const [all, item] = await Promise.all([shelf.listing.all(0), shelf.lookup("249")]);
      expect([all.size, all.get("249"), item]).to.deep.equal([250, "item 249", "item 249"]);
      expect((await shelf.listing.all(0)).size).to.equal(250);
      expect(shelf.calls).to.equal(3);
    });

    it("come from a walk however large the listing is", async () => {
      const shelf = new Shelf(10_000);
      const [all] = await Promise.all([shelf.listing.all(always), shelf.lookup("7")]);
      expect(all.size).to.equal(10_000);
      expect(shelf).to.include({ calls: 101, singles: 0 });
    });

    it("are walked again when they are older than asked for", async () => {
      const shelf = new Shelf(5);
      await shelf.listing.all(1_000);
      shelf.removed.add("3");
      shelf.now = 1_000;
      expect((await shelf.listing.all(1_000)).size).to.equal(5);
      shelf.now++;
      expect((await shelf.listing.all(1_000)).size).to.equal(4);
      expect(shelf.calls).to.equal(2);
    });

    it("hold what this run wrote since they were listed", async () => {
      const shelf = new Shelf(5);
      await shelf.listing.all(always);
      shelf.listing.note("3", undefined);
      shelf.listing.note("new", "item new");
      expect([...(await shelf.listing.all(always)).keys()]).to.deep.equal(["0", "1", "2", "4", "new"]);
      expect(shelf.calls).to.equal(1);
    });

    it("wait for the next walk when they must be younger than the one that is under way", async () => {
      const late: Promise<ReadonlyMap<string, string>>[] = [];
      const shelf: Shelf = new Shelf(150, (pageNo) => {
        shelf.now += 10;
        if (shelf.calls === 2) {
          late.push(shelf.listing.all(0));
          shelf.removed.add("3");
        }
        return { entries: shelf.numbered(pageNo).entries };
      });
      await shelf.lookup("1");
      expect((await Promise.all(late)).map((items) => items.has("3"))).to.deep.equal([false]);
    });
  });

  describe("lookups singly that prove nothing", () => {
    it("are followed by a walk, which finds what is written otherwise", async () => {
      const shelf = new Shelf(5_000, undefined, { singleFindsAll: false });
      const found = await shelf.listing.lookup("4000", always, () => Promise.resolve(undefined));
      expect(found).to.equal("item 4000");
      expect(shelf.calls).to.equal(52);
    });

    it("share one walk and its error, however far apart they end", async () => {
      const shelf: Shelf = new Shelf(
        5_000,
        (pageNo) => {
          if (shelf.calls > 1) throw new Error("page failed");
          return shelf.numbered(pageNo);
        },
        { singleFindsAll: false },
      );
      const turns = async (count: number) => {
        for (let turn = 0; turn < count; turn++) {
          await Promise.resolve();
        }
        return undefined;
      };
      const lookups = [1, 20, 400].map((count) => shelf.listing.lookup(String(count), always, () => turns(count)));
      const errors = await Promise.all(lookups.map(failureOf));
      expect(errors.map(String)).to.deep.equal(Array.from({ length: 3 }, () => "Error: page failed"));
      expect(shelf.calls).to.equal(2);
    });

    it("are not when they find the object", async () => {
      const shelf = new Shelf(5_000, undefined, { singleFindsAll: false });
      expect(await shelf.lookup("4000")).to.equal("item 4000");
      expect(shelf).to.include({ calls: 1, singles: 1 });
    });

    it("are believed where they find all", async () => {
      const shelf = new Shelf(5_000);
      expect(await shelf.lookup("5000")).to.equal(undefined);
      expect(shelf).to.include({ calls: 1, singles: 1 });
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

    it("is an error when 100 pages in a row bring nothing new", async () => {
      const shelf: Shelf = new Shelf(1, () => ({ ...shelf.numbered(1), nextToken: `after ${shelf.calls}` }));
      expect(String(await failureOf(shelf.lookup("5")))).to.contain(
        "100 pages in a row held nothing new, each with a token for more",
      );
      expect(shelf.calls).to.equal(101);
    });

    it("is no error when 99 pages in a row bring nothing new", async () => {
      const shelf: Shelf = new Shelf(1, () => ({
        entries: [[shelf.calls < 101 ? "0" : "last", "item"]],
        nextToken: shelf.calls < 101 ? `after ${shelf.calls}` : "",
      }));
      expect(await shelf.lookup("last")).to.equal("item");
      expect(shelf.calls).to.equal(101);
    });

    it("is an error when there are more than 20,000 pages", async () => {
      const shelf: Shelf = new Shelf(1, (pageNo) => ({ entries: [[`${pageNo}`, "item"]], nextToken: `${pageNo}` }));
      expect(String(await failureOf(shelf.lookup("5")))).to.contain("the listing did not end with page 20000");
      expect(shelf.calls).to.equal(20_000);
    });

    it("is an error when the pages hold more entries than so many pages may", async () => {
      const page = {
        entries: Array.from({ length: 20_001 }, (_, index) => [String(index), "item"] as const),
        nextToken: "more",
      };
      const shelf = new Shelf(0, () => page, { pageSize: 1 });
      const error = await failureOf(shelf.lookup("a"));
      expect(error).to.have.property("message").that.contains("the listing did not end with page 1 and 20,001 entries");
      expect(shelf.calls).to.equal(1);
    });

    it("ends with the reason for which it is aborted, before the next page", async () => {
      const stop = new AbortController();
      const shelf: Shelf = new Shelf(
        500,
        (pageNo) => {
          if (pageNo === 2) stop.abort(new Error("the run was stopped"));
          return shelf.numbered(pageNo);
        },
        { signal: stop.signal },
      );
      const errors = await Promise.all([failureOf(shelf.lookup("499")), failureOf(shelf.listing.all(always))]);
      expect(errors.map(String)).to.deep.equal(Array.from({ length: 2 }, () => "Error: the run was stopped"));
      expect(shelf.calls).to.equal(2);
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

  it("tells how far a walk has come, and since when it goes on", async () => {
    const shelf: Shelf = new Shelf(250, (pageNo) => {
      shelf.now += 4_000;
      return shelf.numbered(pageNo);
    });
    await shelf.lookup("1");
    expect(shelf.progress).to.deep.equal([
      ["group GID_a12: listed 200 of about 250", 0],
      ["group GID_a12: listed 250 of about 250", 0],
    ]);
  });

  it("tells how much a walk has found where nothing is counted", async () => {
    const shelf: Shelf = new Shelf(150, (pageNo) => ({ entries: shelf.numbered(pageNo).entries }));
    await shelf.lookup("1");
    expect(shelf.progress).to.deep.equal([["group GID_a12: listed 150", 0]]);
  });
});
