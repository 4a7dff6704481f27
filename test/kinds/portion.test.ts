import { expect } from "chai";
import { portionFault, portionOf } from "../../kinds/portion";

describe("A portion", () => {
  for (const [portion, all, expected] of [
    [3, 10, 3],
    [30, 10, 10],
    [0, 10, 0],
    ["0%", 10, 0],
    ["100%", 10, 10],
    ["5%", 40, 2],
    ["5%", 41, 3],
    ["0.0001%", 10, 1],
    // A little more than seven and 112 where it is counted in fractions.
    ["0.07%", 10_000, 7],
    ["1.12%", 10_000, 112],
  ] as const) {
    it(`of ${JSON.stringify(portion)} is ${expected} of ${all}`, () => {
      expect(portionOf(portion, all)).to.equal(expected);
    });
  }

  for (const [portion, least, isRight] of [
    [0, 0, true],
    [0, 1, false],
    [1.5, 1, false],
    [-1, 0, false],
    ["0%", 0, true],
    ["0%", 1, false],
    ["100.0%", 1, true],
    ["100.1%", 1, false],
    ["0.00001%", 1, false],
    ["5", 1, false],
  ] as const) {
    it(`${JSON.stringify(portion)} is ${isRight ? "one" : "none"} of at least ${least}`, () => {
      expect(portionFault(portion, least) === undefined).to.equal(isRight);
    });
  }
});
