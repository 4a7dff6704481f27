import { expect } from "chai";
import { Journal, type JournalFilter } from "../../emulator/service/journal";

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

  it("gives those of an action, code, instance, object and time, and the last of them", () => {
    const journal = new Journal();
    const common = { action: "a", status: 400, code: "x", instanceId: "i", object: "o" };
    for (const [index, change] of [
      {},
      { action: "b" },
      { code: null },
      { instanceId: "j" },
      { object: null },
    ].entries()) {
      journal.add({ ...common, time: `2026-01-01T00:00:0${index}.000Z`, ...change });
    }
    const seconds = (filter: JournalFilter) => journal.entries(filter).map(({ time }) => Number(time.slice(17, 19)));
    expect(seconds({})).to.deep.equal([0, 1, 2, 3, 4]);
    expect(seconds({ action: "b" })).to.deep.equal([1]);
    expect(seconds({ code: "x" })).to.deep.equal([0, 1, 3, 4]);
    expect(seconds({ instanceId: "j" })).to.deep.equal([3]);
    expect(seconds({ object: "o" })).to.deep.equal([0, 1, 2, 3]);
    expect(seconds({ since: "2026-01-01T02:00:03+02:00" })).to.deep.equal([3, 4]);
    expect(seconds({ action: "a", limit: 2 })).to.deep.equal([3, 4]);
    expect(seconds({ limit: 9 })).to.have.lengthOf(5);
  });
});
