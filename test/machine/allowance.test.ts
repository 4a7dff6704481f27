import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { mostInOneSecond } from "../mostInOneSecond";
import { describeMachine } from "./machine";

/** Rates, what a second then has, and the most that any second sees when slots are used late. */
const rates = [
  { rate: 1, slots: 1, most: 2 },
  { rate: 8, slots: 8, most: 9 },
  { rate: 19, slots: 19, most: 21 },
  { rate: 100, slots: 100, most: 107 },
  { rate: 272, slots: 272, most: 286 },
  { rate: 300, slots: 272, most: 286 },
];

/** Numbers from 0 to below a limit that look like chance and are the same in every run. */
function dice(limit: number): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed % limit;
  };
}

describeMachine("Allowance", (machine) => {
  /** The times at which processes with these rates send, all with more to do than they may. */
  async function sent(rates: readonly number[], seconds: number): Promise<number[][]> {
    const times = rates.map((rate) =>
      machine().requests(machine().process().limiter("all", rate), rate * seconds + rate),
    );
    await machine().pass(seconds * 1000);
    return times;
  }

  for (const { rate, slots, most } of rates) {
    const seconds = rate < 100 ? 10 : 3;
    // As many as wait are sent right away: what has just gone by is used too.
    const atStart = Math.ceil(slots / 40);

    for (const processes of [1, 5]) {
      it(`lets ${slots} in a second through for ${processes} at ${rate} a second, and gives each its share`, async () => {
        const times = await sent(Array(processes).fill(rate), seconds);
        expect(mostInOneSecond(times.flat())).to.be.at.most(slots + atStart);
        expect(times.flat().length).to.be.within(seconds * slots, seconds * slots + atStart);
        const share = times.flat().length / processes;
        for (const { length } of times) expect(length).to.be.within(Math.floor(share * 0.9), Math.ceil(share * 1.1));
      });
    }

    for (const latest of [20, 40, 70, 730]) {
      it(`never lets more than ${most} through at ${rate} a second when timers are up to ${latest} ms late`, async () => {
        machine().lateness = dice(latest + 1);
        const times = await sent(Array(5).fill(rate), seconds);
        expect(mostInOneSecond(times.flat())).to.be.at.most(most);
        const least = latest < 50 ? 0.99 : latest < 100 ? 0.6 : 0;
        expect(times.flat().length).to.be.at.least(least * seconds * slots);
      });
    }
  }

  for (const { rate, most } of rates) {
    for (const lateness of [49, 99]) {
      it(`never lets more than ${most} through at ${rate} a second when timers that were ${lateness} ms late are in time again`, async () => {
        machine().lateness = () => (machine().elapsed % 2_000 < 1_000 ? lateness : 0);
        const times = await sent(Array(30).fill(rate), 4);
        expect(mostInOneSecond(times.flat())).to.be.at.most(most);
      });
    }
  }

  it("gives a process more than half of its rate whose timers are up to 70 ms late", async () => {
    machine().lateness = dice(71);
    const [times = []] = await sent([250], 6);
    expect(times.length).to.be.above(0.5 * 250 * 6);
  });

  it("serves a process that comes to send every 30 ms only", async () => {
    machine().turnMs = 30;
    const [times = []] = await sent([250], 3);
    expect(times.length).to.be.within(40, 100);
  });

  for (const mixed of [
    [100, 50, 20],
    [7, 300, 100, 1],
    [8, 9, 10, 11],
  ]) {
    it(`lets processes with the rates ${mixed.join(", ")} together send as many as the fastest may`, async () => {
      const times = await sent(mixed, 5);
      const fastest = Math.min(Math.max(...mixed), 272);
      expect(mostInOneSecond(times.flat())).to.be.at.most(1.05 * fastest);
      expect(times.flat().length).to.be.at.least(5 * fastest);
      for (const [index, rate] of mixed.entries()) {
        expect(mostInOneSecond(times[index] ?? [])).to.be.at.most(Math.ceil(1.05 * rate));
      }
    });
  }

  it("spreads requests evenly over a second, whatever the rate", async () => {
    for (const { rate, slots } of rates) {
      const [times = []] = await sent([rate], 5);
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(Math.max(...gaps), `at ${rate} a second`).to.be.at.most(2 * (1000 / slots) + 1);
      await machine().pass(60_000);
    }
  });

  it("does not save up what was not used", async () => {
    const limiter = machine().process().limiter("all", 100);
    await machine().pass(60_000);
    const times = machine().requests(limiter, 300);
    await machine().pass(10_000);
    expect(mostInOneSecond(times)).to.be.within(100, 103);
  });

  it("keeps the limits of a domain apart, and the domains", async () => {
    const times = [
      machine().requests(machine().process().limiter("all", 100), 100),
      machine().requests(machine().process().limiter("groups", 8), 100),
      machine().requests(machine().process("127.0.0.1:4711").limiter("all", 100), 100),
      machine().requests(machine().process("[::1]:4711").limiter("all", 100), 100),
    ];
    await machine().pass(1_000);
    expect(times.map(({ length }) => length)).to.satisfy(
      ([all = 0, groups = 0, ...others]: readonly number[]) =>
        all >= 100 && groups >= 8 && groups <= 9 && others.every((other) => other === all),
    );
  });

  it("lets everything through at once when the rate is 0", async () => {
    const times = machine().requests(machine().process().limiter("all", 0), 1_000);
    await machine().pass(0);
    expect(times).to.have.length(1_000);
  });

  it("serves in the order of asking", async () => {
    const limiter = machine().process().limiter("all", 100);
    const served: number[] = [];
    for (let index = 0; index < 20; index++) void limiter().then(() => served.push(index));
    await machine().pass(1_000);
    expect(served).to.deep.equal([...Array(20).keys()]);
  });

  describe("when a request is given up", () => {
    /** What becomes of a wait. */
    function outcome(wait: Promise<void>): { readonly error: () => unknown } {
      let error: unknown;
      wait.then(
        () => {
          error = "sent";
        },
        (reason: unknown) => {
          error = reason;
        },
      );
      return { error: () => error };
    }

    it("fails it at once, with the reason, and serves those behind it", async () => {
      const limiter = machine().process().limiter("all", 1);
      void limiter();
      await machine().pass(1_100);
      const controllers = [new AbortController(), new AbortController(), new AbortController()];
      const outcomes = controllers.map(({ signal }) => outcome(limiter(signal)));
      const last = machine().requests(limiter, 1);
      await machine().pass(0);
      for (const controller of controllers) controller.abort("stopped");
      await machine().pass(0);
      expect(outcomes.map(({ error }) => error())).to.deep.equal(["stopped", "stopped", "stopped"]);
      await machine().pass(2_200);
      expect(last).to.have.length(1);
    });

    it("does so for ten thousand that wait, without a warning of Node's", async () => {
      const limiter = machine().process().limiter("all", 100);
      const { signal, abort } = abortable();
      const warnings: Error[] = [];
      const note = (warning: Error) => warnings.push(warning);
      process.on("warning", note);
      try {
        const outcomes = Array.from({ length: 10_000 }, () => outcome(limiter(signal)));
        await machine().pass(1_000);
        abort();
        await machine().pass(0);
        expect(outcomes.filter(({ error }) => error() === "sent").length).to.be.within(100, 103);
        expect(outcomes.filter(({ error }) => error() === "stopped").length).to.be.at.least(9_897);
        expect(warnings).to.deep.equal([]);
      } finally {
        process.off("warning", note);
      }
    });

    it("never begins to wait for one that was given up before", async () => {
      const { signal, abort } = abortable();
      abort();
      const given = outcome(machine().process().limiter("all", 1)(signal));
      await machine().pass(0);
      expect(given.error()).to.equal("stopped");
      expect(machine().files).to.deep.equal([]);
    });

    function abortable() {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort("stopped") };
    }
  });

  describe("when the clock is set", () => {
    for (const byMs of [-86_400_000, -30_000, -1_500, -700, -60, 60, 700, 1_500, 30_000, 86_400_000]) {
      it(`by ${byMs} ms, neither stops nor sends a crowd`, async () => {
        const times = Array.from({ length: 5 }, () =>
          machine().requests(machine().process().limiter("all", 100), 2_000),
        );
        for (let set = 0; set < 3; set++) {
          await machine().pass(3_333);
          machine().setClock(byMs);
        }
        await machine().pass(3_333);
        const all = times.flat().sort((a, b) => a - b);
        expect(mostInOneSecond(all)).to.be.at.most(110);
        const pauses = all.slice(1).map((time, index) => time - (all[index] ?? 0));
        expect(Math.max(...pauses)).to.be.at.most(2_000);
        expect(machine().warnings).to.deep.equal([]);
      });
    }
  });

  describe("when files are at fault", () => {
    it("goes on in a new folder when theirs is removed, without a crowd", async () => {
      const times = [1, 2, 3].map(() => machine().requests(machine().process().limiter("all", 100), 1_000));
      for (let removal = 0; removal < 5; removal++) {
        await machine().pass(777);
        rmSync(machine().privateFolder, { recursive: true });
      }
      await machine().pass(3_000);
      expect(mostInOneSecond(times.flat())).to.be.at.most(110);
      expect(times.flat().length).to.be.above(600);
      expect(machine().warnings).to.deep.equal([]);
    });

    it("keeps each process to the limit by itself when there is no folder, and says so once", async () => {
      rmSync(machine().temporaryFolder, { recursive: true });
      writeFileSync(machine().temporaryFolder, "");
      const allowance = machine().process();
      const times = machine().requests(allowance.limiter("all", 100), 1_000);
      machine().requests(allowance.limiter("groups", 8), 10);
      await machine().pass(5_000);
      expect(mostInOneSecond(times)).to.be.within(100, 103);
      expect(machine().warnings).to.deep.equal([
        `Each provider process keeps to the request limit by itself, not all of this machine together, because ${machine().temporaryFolder} cannot be used (no folder for this user alone)`,
      ]);
    });

    it("shares again as soon as the folder can be used again", async () => {
      machine().requests(machine().process().limiter("all", 100), 1);
      await machine().pass(1_000);
      chmodSync(machine().privateFolder, 0o777);
      const processes = [1, 2].map(() => machine().requests(machine().process().limiter("all", 100), 1_000));
      await machine().pass(3_000);
      expect(machine().warnings).to.have.length(2);
      chmodSync(machine().privateFolder, 0o700);
      await machine().pass(1_000);
      const since = machine().elapsed;
      await machine().pass(3_000);
      expect(mostInOneSecond(processes.flat().filter((time) => time > since))).to.be.within(100, 103);
    });

    it("leaves the files of three rounds behind at most, and those of all domains go together", async () => {
      for (let domain = 0; domain < 4; domain++) {
        const limiter = machine().process(`127.0.0.1:${domain}`).limiter("all", 300);
        machine().requests(limiter, 600);
        await machine().pass(2_500);
        expect(machine().files.length).to.be.at.most(1_000);
      }
      machine().setClock(-3_600_000);
      machine().requests(machine().process().limiter("all", 1), 4);
      await machine().pass(5_000);
      expect(machine().files.length).to.be.at.most(4);
    });
  });

  describe("when the service has blocked the address", () => {
    const minute = 60_000;

    it("makes the requests of all processes wait, and each says so once", async () => {
      const processes = [machine().process(), machine().process()];
      const times = processes.map((allowance) => machine().requests(allowance.limiter("all", 100), 600));
      await machine().pass(2_000);
      const until = machine().now + minute;
      processes[0]?.block(until);
      const before = times.flat().length;
      await machine().pass(minute - 1);
      expect(times.flat().length).to.equal(before);
      expect(processes.map(({ blockedUntil }) => blockedUntil)).to.deep.equal([until, until]);
      const line = `The service has blocked this machine's address, as it does above 300 requests a second from one address: all requests wait until ${new Date(until).toISOString()}`;
      expect(machine().warnings).to.deep.equal([line, line]);

      await machine().pass(3_000);
      expect(times.flat().length - before).to.be.above(150);
      expect(mostInOneSecond(times.flat())).to.be.within(100, 107);
      expect(processes.map(({ blockedUntil }) => blockedUntil)).to.deep.equal([undefined, undefined]);
      expect(machine().files.filter((file) => file.includes("blocked"))).to.deep.equal([]);
    });

    it("tells a process that starts later, and none of another domain", () => {
      machine()
        .process()
        .block(machine().now + minute);
      expect(machine().process().blockedUntil).to.equal(machine().now + minute);
      expect(machine().process("127.0.0.1:1").blockedUntil).to.equal(undefined);
    });

    it("lets a request that waits be given up", async () => {
      const allowance = machine().process();
      allowance.block(machine().now + minute);
      const controller = new AbortController();
      const wait = allowance
        .limiter(
          "all",
          100,
        )(controller.signal)
        .catch((reason: unknown) => reason);
      await machine().pass(5_000);
      controller.abort("stopped");
      expect(await wait).to.equal("stopped");
    });

    it("believes no block that a clock set back has made endless", () => {
      machine()
        .process()
        .block(machine().now + minute);
      machine().setClock(-86_400_000);
      expect(machine().process().blockedUntil).to.equal(undefined);
    });

    it("remembers its own block without a folder", () => {
      rmSync(machine().temporaryFolder, { recursive: true });
      writeFileSync(machine().temporaryFolder, "");
      const allowance = machine().process();
      allowance.block(machine().now + minute);
      expect(allowance.blockedUntil).to.equal(machine().now + minute);
    });

    it("makes nothing of a note that is cut off", () => {
      const allowance = machine().process();
      allowance.block(machine().now + minute);
      const file = join(machine().privateFolder, "blocked service");
      expect(existsSync(file)).to.equal(true);
      writeFileSync(file, "");
      expect(machine().process().blockedUntil).to.equal(undefined);
    });
  });
});
