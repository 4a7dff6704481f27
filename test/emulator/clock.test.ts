import FakeTimers from "@sinonjs/fake-timers";
import { expect } from "chai";
import { Clock } from "../../emulator/foundation/clock";

describe("Clock", () => {
  it("runs on from where it is set, and goes back to the wall clock", () => {
    const fake = FakeTimers.createClock(1000);
    const clock = new Clock(() => fake.now);
    expect(clock.now()).to.equal(1000);
    clock.offset = clock.offsetAt(50_000);
    fake.tick(500);
    expect(clock.now()).to.equal(50_500);
    clock.offset = 0;
    expect(clock.now()).to.equal(1500);
  });

  it("gives whole milliseconds since 1970, whatever the wall clock gives", () => {
    let wall = 1000.75;
    const clock = new Clock(() => wall);
    expect(clock.now()).to.equal(1000);
    wall = -5;
    expect(clock.now()).to.equal(0);
  });

  describe("rings", () => {
    let timers: FakeTimers.Clock;
    let rung: string[];
    const clock = () => new Clock(() => Date.now());
    const ring = (name: string) => () => void rung.push(name);

    beforeEach(() => {
      timers = FakeTimers.install({ now: 1000 });
      rung = [];
    });
    afterEach(() => timers.uninstall());

    it("when it gets there by itself, in the order of the times", () => {
      const running = clock();
      running.at(9000, ring("late"));
      running.at(2000, ring("soon"));
      timers.tick(999);
      expect(rung).to.deep.equal([]);
      timers.tick(1);
      expect(rung).to.deep.equal(["soon"]);
      timers.tick(7000);
      expect(rung).to.deep.equal(["soon", "late"]);
    });

    it("when it is set there or past it, and not a second time", () => {
      const set = clock();
      set.at(9000, ring("late"));
      set.at(2000, ring("soon"));
      set.offset = set.offsetAt(9000);
      set.offset = set.offsetAt(20_000);
      timers.tick(100_000);
      expect(rung).to.deep.equal(["soon", "late"]);
    });

    it("not when that was taken back", () => {
      const running = clock();
      running.at(2000, ring("one"))();
      running.at(2000, ring("other"));
      timers.tick(10_000);
      expect(rung).to.deep.equal(["other"]);
    });

    it("after months, for which no timer can be set at once", () => {
      const running = clock();
      const months = 100 * 24 * 3600 * 1000;
      running.at(1000 + months, ring("at last"));
      timers.tick(months - 1);
      expect(rung).to.deep.equal([]);
      timers.tick(1);
      expect(rung).to.deep.equal(["at last"]);
    });
  });
});
