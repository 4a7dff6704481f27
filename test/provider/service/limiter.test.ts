import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { expect } from "chai";
import { type Limiter, rateLimiter } from "../../../provider/service/limiter";

describe("limiter", () => {
  let clock: Clock;

  beforeEach(() => {
    clock = FakeTimers.install({ now: 1_000_000, toFake: ["Date", "setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    clock.uninstall();
  });

  /** The times at which so many requests are let through, all asked for at once. */
  function admissions(limiter: Limiter, count: number): number[] {
    const times: number[] = [];
    for (let index = 0; index < count; index++) {
      void limiter().then(() => times.push(Date.now()));
    }
    return times;
  }

  for (const rate of [1, 8, 19, 25, 100, 299, 300]) {
    it(`lets ${rate} requests through in a second, and never more in any one second`, async () => {
      const times = admissions(rateLimiter(rate), 3 * rate);
      await clock.tickAsync(10_000);
      expect(times).to.have.length(3 * rate);
      expect(mostInOneSecond(times)).to.be.at.most(rate);
      expect(mostInOneSecond(times)).to.be.at.least(Math.floor(0.9 * rate));
    });

    it(`never lets more than ${rate} through in a second when timers fire late`, async () => {
      const times = admissions(rateLimiter(rate), 3 * rate);
      while (times.length < 3 * rate) {
        await clock.tickAsync(0);
        clock.jump(730);
      }
      expect(mostInOneSecond(times)).to.be.at.most(rate);
    });
  }

  it("does not save up what was not used", async () => {
    const limiter = rateLimiter(100);
    await clock.tickAsync(60_000);
    const times = admissions(limiter, 300);
    await clock.tickAsync(10_000);
    expect(mostInOneSecond(times)).to.equal(100);
  });

  it("lets everything through at once when the rate is 0", async () => {
    const times = admissions(rateLimiter(0), 1_000);
    await clock.tickAsync(0);
    expect(times).to.have.length(1_000);
  });
});

function mostInOneSecond(times: readonly number[]): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + 1_000).length));
}
