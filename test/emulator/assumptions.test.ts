import { expect } from "chai";
import { assumptionTable, defaultAssumptions } from "../../emulator/facts/assumptions";

describe("the table of assumptions", () => {
  it("has the first option of each row as its default", () => {
    for (const [id, { options }] of Object.entries(assumptionTable)) {
      expect(defaultAssumptions).to.have.property(id, options[0]);
    }
  });
});
