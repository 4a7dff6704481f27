import { expect } from "chai";
import { logOver } from "../../provider/engineLog";

describe("The progress of a run", () => {
  let now: number;
  let shown: string[];
  let log: ReturnType<typeof logOver>;
  beforeEach(() => {
    now = 0;
    shown = [];
    log = logOver(
      (text) => shown.push(text),
      () => now,
    );
  });

  it("is not told of work that takes less than ten seconds, whenever it begins", () => {
    for (const begunAt of [0, 60_000]) {
      for (now = begunAt; now < begunAt + 10_000; now += 100) log.progress("listed", begunAt);
    }
    expect(shown).to.deep.equal([]);
  });

  it("is a line in ten seconds, however much work there is", () => {
    for (; now <= 30_000; now += 100) for (const work of ["one", "other"]) log.progress(`${work} ${now}`, 0);
    expect(shown).to.deep.equal(["one 10000", "one 20000", "one 30000"]);
  });

  it("is told at once of what somebody has to wait for", () => {
    for (const device of ["a", "b"]) log.progress(`waiting for ${device}`);
    expect(shown).to.deep.equal(["waiting for a"]);
  });
});
