import { expect } from "chai";
import { durationMs, durationText } from "../../kinds/duration";

describe("duration", () => {
  for (const [text, ms] of [
    ["250ms", 250],
    ["90s", 90_000],
    ["10m", 600_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    ["0s", 0],
  ] as const) {
    it(`reads ${text} as ${ms} ms`, () => {
      expect(durationMs(text)).to.equal(ms);
    });
  }

  for (const text of ["", "10", "10 m", "-1s", "1.5h", "1w", "m", "1H", "10m ", "1234567890s"]) {
    it(`does not read ${JSON.stringify(text)}`, () => {
      expect(durationMs(text)).to.equal(undefined);
    });
  }

  it("tells people seconds below a minute, then minutes and seconds", () => {
    expect([durationText(0), durationText(12_400), durationText(185_000)]).to.deep.equal(["0s", "12s", "3m 5s"]);
  });
});
