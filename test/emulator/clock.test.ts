import FakeTimers from "@sinonjs/fake-timers";
import { expect } from "chai";
import { Clock } from "../../emulator/foundation/clock";

describe("Clock", () => {
  it("runs on from where it is set, and goes back to the wall clock", () => {
    const fake = FakeTimers.createClock(1000);
    const clock = new Clock(() => fake.now);
    expect(clock.now()).to.equal(1000);
    clock.set(50_000);
    fake.tick(500);
    expect(clock.now()).to.equal(50_500);
    clock.clear();
    expect(clock.now()).to.equal(1500);
  });
});
