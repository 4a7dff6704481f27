import { expect } from "chai";
import { compareNaturally } from "../../emulator/foundation/naturalOrder";

describe("The natural order", () => {
  it("counts numbers as such, wherever they stand and however long they are", () => {
    const inOrder = [
      "line-1",
      "line-2",
      "line-2-a",
      "line-2a",
      "line-9-10",
      "line-10",
      "line-10-9",
      "line-10-10",
      "line-18446744073709551616",
      "line-18446744073709551617",
      "line-x",
    ];
    expect([...inOrder].reverse().sort(compareNaturally)).to.deep.equal(inOrder);
    expect([...inOrder].sort()).not.to.deep.equal(inOrder);
  });

  it("puts a name before those that it begins, and digits where they stand among other characters", () => {
    expect(["a1", "a", "b", "aa", "a-", "a_"].sort(compareNaturally)).to.deep.equal(["a", "a-", "a1", "a_", "aa", "b"]);
  });

  it("tells names with zeros before their numbers apart", () => {
    expect(["a1", "a01", "a001", "a0", "a00"].sort(compareNaturally)).to.deep.equal(["a0", "a00", "a001", "a01", "a1"]);
    expect(compareNaturally("a01", "a1")).to.be.lessThan(0);
    expect(compareNaturally("a1", "a01")).to.be.greaterThan(0);
    expect(compareNaturally("a1", "a1")).to.equal(0);
  });
});
