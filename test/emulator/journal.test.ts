import { expect } from "chai";
import { Journal } from "../../emulator/journal";

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
