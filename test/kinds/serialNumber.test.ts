import { expect } from "chai";
import { serialKey } from "../../kinds/serialNumber";

describe("serialNumber", () => {
  for (const spelling of ["00a1b2", "a1b2", "A1B2", "00:A1:B2", "0000a1b2"]) {
    it(`takes ${spelling} for a1b2`, () => {
      expect(serialKey(spelling)).to.equal("a1b2");
    });
  }

  it("keeps zeros within, and the last one", () => {
    expect([serialKey("a001"), serialKey("00"), serialKey("0")]).to.deep.equal(["a001", "0", "0"]);
  });
});
