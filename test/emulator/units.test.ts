import FakeTimers from "@sinonjs/fake-timers";
import { expect } from "chai";
import { assumptionTable, defaultAssumptions } from "../../emulator/assumptions";
import { Clock } from "../../emulator/clock";
import { Nonces } from "../../emulator/gateway/nonces";
import { Journal } from "../../emulator/journal";
import { SortedMap } from "../../emulator/sortedMap";

describe("Clock", () => {
  it("runs on from where it is set, and goes back to the wall clock", () => {
    const fake = FakeTimers.createClock(1000);
    const clock = new Clock(() => fake.now);
    expect(clock.now()).to.equal(1000);
    clock.set(50_000);
    fake.tick(500);
    expect(clock.now()).to.equal(50_500);
    clock.clear();
    expect(clock.now()).to.equal(1500);
  });
});

describe("SortedMap", () => {
  const filled = () => {
    const map = new SortedMap<number>();
    for (const [index, key] of ["c", "a", "d", "b"].entries()) map.set(key, index);
    return map;
  };

  it("keeps its keys in order, whatever the order they come in", () => {
    expect(filled().keys()).to.deep.equal(["a", "b", "c", "d"]);
    expect(filled().values(1, 2)).to.deep.equal([3, 0]);
  });

  it("replaces and deletes", () => {
    const map = filled();
    map.set("a", 9);
    expect(map.get("a")).to.equal(9);
    expect(map.delete("c")).to.equal(true);
    expect(map.delete("c")).to.equal(false);
    expect(map.keys()).to.deep.equal(["a", "b", "d"]);
    expect(map.size).to.equal(3);
  });

  it("finds the place after a key that is not there", () => {
    expect(filled().indexAfter("bb")).to.equal(2);
    expect(filled().indexAfter("")).to.equal(0);
    expect(filled().indexAfter("z")).to.equal(4);
  });
});

describe("Journal", () => {
  it("keeps the last entries, oldest first", () => {
    const journal = new Journal(3);
    for (const action of ["a", "b", "c", "d"]) {
      journal.add({
        time: "2026-01-01T00:00:00.000Z",
        action,
        status: 200,
        code: null,
        instanceId: null,
        object: null,
      });
    }
    expect(journal.entries().map(({ action }) => action)).to.deep.equal(["b", "c", "d"]);
  });
});

describe("Nonces", () => {
  it("takes each once, and forgets only the oldest", () => {
    const nonces = new Nonces(2);
    expect(["a", "b", "a", "c", "b", "a"].map((nonce) => nonces.accept(nonce))).to.deep.equal([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

describe("the table of assumptions", () => {
  it("has the first option of each row as its default", () => {
    for (const [id, { options }] of Object.entries(assumptionTable)) {
      expect(defaultAssumptions).to.have.property(id, options[0]);
    }
  });
});
