import { expect } from "chai";
import { mostInOneSecond } from "../mostInOneSecond";
import { describeSite } from "./site";

const hour = 3_600_000;

/** Numbers from 0 to below a limit that look like chance and are the same in every run. */
function dice(limit: number): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed % limit;
  };
}

/** The times to which no slot of their own belongs, which is not over for more than so many milliseconds. */
function withoutSlot(times: readonly number[], given: readonly number[], lateMs: number): number[] {
  const slots = [...given].sort((one, other) => one - other);
  return [...times]
    .sort((one, other) => one - other)
    .filter((time) => {
      while (slots[0] !== undefined && slots[0] < time - lateMs) slots.shift();
      const own = slots.shift();
      return own === undefined || own > time;
    });
}

/** What is sent of a rate at least, the most that any second sees, and how late a slot may be used. */
const rates = [
  { rate: 1, least: 0.65, most: 2, lateMs: 2_050 },
  { rate: 8, least: 6.9, most: 9, lateMs: 300 },
  { rate: 100, least: 97, most: 105, lateMs: 81.25 },
  { rate: 300, least: 270, most: 286, lateMs: 57.9 },
];

describeSite("Machines that share a limit", (site) => {
  /** The times at which two processes on each of so many machines send, all with more to do than they may. */
  async function sent(machines: number, rate: number, seconds: number): Promise<number[][]> {
    const processes = Array.from({ length: machines }, (_, index) => site().machine(index * hour)).flatMap(
      (machine) => [machine.process(rate), machine.process(rate)],
    );
    const times = processes.map((process) => process.requests(rate * seconds));
    await site().pass(seconds * 1_000);
    expect(processes.flatMap(({ told }) => told)).to.deep.equal([]);
    return times;
  }

  for (const { rate, least, most, lateMs } of rates) {
    const seconds = rate < 100 ? 20 : 5;

    it(`send ${least} to ${rate} a second together, and each its share, whatever their clocks say`, async () => {
      const times = await sent(4, rate, seconds);
      expect(mostInOneSecond(times.flat())).to.be.at.most(rate);
      expect(times.flat().length).to.be.within(least * seconds, rate * seconds);
      // What a process claims at a time.
      const portion = Math.ceil(rate / 4);
      const share = times.flat().length / times.length;
      if (rate > 1) for (const { length } of times) expect(length).to.be.within(share - portion, share + portion);
    });

    for (const latest of [40, 70]) {
      it(`never send more than ${most} at ${rate} a second when answers take up to 40 ms and timers are up to ${latest} ms late`, async () => {
        site().wayMs = dice(21);
        site().lateness = dice(latest + 1);
        const times = await sent(4, rate, seconds);
        expect(mostInOneSecond(times.flat())).to.be.at.most(most);
        expect(times.flat().length).to.be.above((latest < 50 ? 0.85 : 0.4) * least * seconds);
        expect(withoutSlot(times.flat(), site().given, lateMs)).to.deep.equal([]);
      });
    }
  }

  it("with different rates send no more together than the fastest may, and each keeps to its own", async () => {
    const rates = [100, 50, 20];
    const times = rates.map((rate) => site().machine().process(rate).requests(1_000));
    await site().pass(5_000);
    expect(mostInOneSecond(times.flat())).to.be.at.most(100);
    expect(times.flat().length).to.be.above(200);
    for (const [index, rate] of rates.entries()) expect(mostInOneSecond(times[index] ?? [])).to.be.at.most(rate);
  });

  it("ask for the slots of many requests at once, and for no more than are needed", async () => {
    const process = site().machine().process(100);
    const many = process.requests(400);
    await site().pass(5_000);
    expect(many).to.have.length(400);
    expect(site().claims).to.be.at.most(20);

    const one = process.requests(1);
    await site().pass(100);
    expect(one).to.have.length(1);
    const other = site().machine().process(100).requests(1);
    await site().pass(30);
    expect(other).to.have.length(1);
  });

  it("let those through soon who send one request after the other, beside others who have many", async () => {
    const [many, other, one] = Array.from({ length: 3 }, () => site().machine().process(250));
    for (const process of [many, other]) process?.requests(5_000);
    await site().pass(1_000);
    let pages = 0;
    void (async () => {
      for (;;) {
        await one?.limiter();
        pages++;
      }
    })();
    await site().pass(5_000);
    expect(pages).to.be.at.least(75);
  });

  it("wait, and look again, when a crowd has all slots of the next seconds", async () => {
    const times = Array.from({ length: 60 }, () => site().machine().process(100).requests(50));
    await site().pass(30_000);
    expect(site().claims).to.be.at.most(60 * 30);
    expect(mostInOneSecond(times.flat())).to.be.at.most(100);
    expect(times.flat().length).to.be.above(2_500);
  });

  it("send no more than one limit each, together with processes that know of no other machine", async () => {
    const machine = site().machine();
    const shared = machine.process(100).requests(1_000);
    const alone = site().requests(machine.allowance().limiter("all", 100), 1_000);
    await site().pass(5_000);
    expect(mostInOneSecond([...shared, ...alone])).to.be.at.most(100);
    for (const { length } of [shared, alone]) expect(length).to.be.above(100);
    expect(withoutSlot(shared, site().given, 81.25)).to.deep.equal([]);
  });

  it("serve in the order of asking, and give up at once what is given up", async () => {
    const { limiter } = site().machine().process(10);
    const served: number[] = [];
    const stop = new AbortController();
    const outcome = limiter().then(() => limiter(stop.signal).catch((reason: unknown) => served.push(Number(reason))));
    for (let index = 0; index < 5; index++) void limiter().then(() => served.push(index));
    await site().pass(0);
    await site().pass(200);
    stop.abort(-1);
    await outcome;
    await site().pass(2_000);
    expect(served.filter((index) => index >= 0)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(served).to.include(-1);
  });

  describe("when nobody answers", () => {
    it("send a quarter of it each, and say so once", async () => {
      site().away = "ECONNREFUSED";
      const machine = site().machine();
      const processes = [machine.process(100), machine.process(100)];
      const times = processes.map((process) => process.requests(200));
      await site().pass(5_000);
      expect(mostInOneSecond(times.flat())).to.be.within(25, 27);
      expect(processes.map(({ told }) => told)).to.deep.equal([["ECONNREFUSED"], ["ECONNREFUSED"]]);
      expect(site().claims).to.be.within(8, 12);
    });

    it("never send more than one limit each while that changes, and share again when somebody answers", async () => {
      const processes = [site().machine(), site().machine(hour)].map((machine) => machine.process(100));
      const times = processes.map((process) => process.requests(3_000));
      for (let round = 0; round < 4; round++) {
        await site().pass(2_345);
        site().away = round % 2 === 0 ? "ECONNREFUSED" : undefined;
      }
      await site().pass(1_100);
      const since = site().elapsed;
      await site().pass(3_000);
      for (const own of times) expect(mostInOneSecond(own)).to.be.at.most(100);
      for (const { told } of processes) {
        expect(told).to.deep.equal(["ECONNREFUSED", undefined, "ECONNREFUSED", undefined]);
      }
      const shared = times.flat().filter((time) => time > since);
      expect(mostInOneSecond(shared)).to.be.at.most(100);
      expect(shared.length).to.be.above(255);
    });

    it("do not wait for those who are silent, but the first time", async () => {
      site().away = "no answer in time";
      site().wayMs = () => 1_000;
      const times = site().machine().process(100).requests(500);
      await site().pass(2_100);
      const since = site().elapsed;
      await site().pass(10_000);
      expect(times.filter((time) => time > since).length).to.be.above(200);
    });

    it("take answers for none that are too slow to tell when a slot is", async () => {
      site().wayMs = () => 30;
      const process = site().machine().process(100);
      const times = process.requests(1_000);
      await site().pass(5_000);
      expect(process.told).to.deep.equal(["its answers take more than 50 ms"]);
      expect(mostInOneSecond(times.filter((time) => time > 2_000))).to.be.within(25, 27);
      site().wayMs = () => 10;
      await site().pass(2_000);
      expect(process.told).to.deep.equal(["its answers take more than 50 ms", undefined]);
    });
  });

  it("forget the slots that they hold when those who gave them may have", async () => {
    const process = site().machine().process(100);
    process.requests(25);
    await site().pass(20);
    expect(site().claims).to.equal(1);
    process.limits.drop();
    await site().pass(1_000);
    expect(site().claims).to.equal(2);
  });
});
