import { expect } from "chai";
import { tables, withTables } from "../../tools/reference/tables";
import { textOf } from "./sources";

describe("The readme's tables", () => {
  const readme = textOf("README.md");

  for (const name of tables().keys()) {
    it(`are there: ${name}`, () => {
      expect(readme).to.contain(`<!-- ${name} -->`);
    });
  }

  it("are what the outlines say (node --import tsx tools/reference/main.ts writes them)", () => {
    expect(readme).to.equal(withTables(readme));
  });
});
