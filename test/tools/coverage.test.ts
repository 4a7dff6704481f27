import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { assumptionTable } from "../../emulator/facts/assumptions";
import { brokerAssumptions } from "../../emulator/facts/brokerAssumptions";
import { brokerFeatures } from "../../emulator/facts/brokerFeatures";
import { actions } from "../../emulator/operations/actions";
import { coverageDocument } from "../../tools/coverage/document";
import { vendorFacts } from "../../tools/vendorFacts";

describe("emulator/COVERAGE.md", () => {
  const written = readFileSync(join(__dirname, "../../emulator/COVERAGE.md"), "utf8");

  it("is what tools/coverage/main.ts writes", () => {
    expect(written).to.equal(coverageDocument(vendorFacts, actions));
  });

  it("says that every action is done", () => {
    expect(written).to.include("**50 of 50** actions");
  });

  it("names an assumption with every action it is about, and no action there is not", () => {
    const named = Object.values(assumptionTable).flatMap((row) => ("actions" in row ? row.actions : []));
    expect(Object.keys(vendorFacts)).to.include.members(named);
  });

  it("names every assumption about the broker with a feature of it", () => {
    const named = brokerFeatures.flatMap(({ open = [] }) => open);
    expect(named).to.include.members(Object.keys(brokerAssumptions));
  });

  it("says so when an action is not done", () => {
    const fewer = new Map([...actions].filter(([name]) => name !== "SendMessage"));
    const document = coverageDocument(vendorFacts, fewer);
    expect(document).to.include("**49 of 50** actions").and.include("| SendMessage | no |");
  });
});
