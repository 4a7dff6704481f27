import { expect } from "chai";
import { playField } from "../../tools/field/field";

const field = { devices: 60, delay: 45, interval: 10, wave: "25%", canary: 5, enough: 0.9, patience: 60 } as const;

describe("A rotation in waves on devices in a field", () => {
  it("holds until enough of each wave have fetched their login, and locks nobody out outside it", async () => {
    const report = await playField({ ...field, never: 0, seed: 1 });
    expect(report.faults).to.deep.equal([]);
    expect(report).to.deep.include({ waves: [5, 15, 15, 15, 10], stops: 0, out: 0 });
    expect(report.held).to.be.above(5);
    expect(report.probes).to.be.above(500);
    // A wave, and what may be left of the one before.
    expect(report.mostOut).to.be.within(15, 17);
  });

  it("goes on without the few that never do", async () => {
    const report = await playField({ ...field, never: 0.05, seed: 2 });
    expect(report.faults).to.deep.equal([]);
    expect(report.out).to.be.within(1, 6);
  });

  it("stops where too many never do, and goes on when somebody says so", async () => {
    const report = await playField({ ...field, never: 0.3, seed: 3 });
    expect(report.faults).to.deep.equal([]);
    expect(report.stops).to.be.above(1);
  });
});
