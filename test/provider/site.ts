import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import FakeTimers from "@sinonjs/fake-timers";
import { Allowance, type Clock } from "../../machine/allowance";
import type { Limiter } from "../../machine/inOrder";
import { type Claimed, type SharedLimit, SharedLimits } from "../../provider/sharedLimits";

/** How far ahead slots are given, in milliseconds. */
const aheadMs = 10_000;

/** Machines, whose clocks differ, and where they share a limit: time only passes when it is told to. */
export class Site {
  /** How long the way there and the way back take, in milliseconds. */
  wayMs: () => number = () => 0;
  /** How late timers fire, in milliseconds. */
  lateness: () => number = () => 0;
  /** Why nobody answers. */
  away: string | undefined;
  /** When the slots are that were given, as time passes. */
  readonly given: number[] = [];
  /** How often slots were asked for. */
  claims = 0;
  readonly #time = FakeTimers.createClock(Date.UTC(2026, 10, 25));
  readonly #start = this.#time.now;
  readonly #folders: string[] = [];
  readonly #firsts = new Map<string, number>();

  dispose(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true });
  }

  async pass(ms: number): Promise<void> {
    await this.#time.tickAsync(ms);
  }

  get elapsed(): number {
    return this.#time.now - this.#start;
  }

  /** Where those who start must meet for one allowance. */
  machine(clockIsOffByMs = 0): Machine {
    const folder = mkdtempSync(join(tmpdir(), "site-"));
    this.#folders.push(folder);
    return new Machine(this, folder, clockIsOffByMs);
  }

  /** A clock that is off by so much. */
  clock(offMs: number): Clock {
    return {
      now: () => this.#time.now + offMs,
      sleep: (ms, signal) =>
        new Promise<void>((resolve, reject) => {
          const timer = this.#time.setTimeout(() => resolve(), ms > 0 ? ms + this.lateness() : 0);
          signal?.addEventListener("abort", () => {
            this.#time.clearTimeout(timer);
            reject(signal.reason);
          });
        }),
    };
  }

  async claim({ name, everyMs }: SharedLimit, count: number): Promise<Claimed> {
    this.claims++;
    await this.#way();
    const given = this.#give(name, everyMs, count);
    await this.#way();
    return given;
  }

  /** Asks for so many requests at once; gives the times, as they pass, at which they may be sent. */
  requests(limiter: Limiter, count: number): number[] {
    const times: number[] = [];
    for (let index = 0; index < count; index++) void limiter().then(() => times.push(this.elapsed));
    return times;
  }

  #give(name: string, everyMs: number, count: number): Claimed {
    if (this.away !== undefined) return { is: "away", reason: this.away };
    const now = this.#time.now;
    const first = Math.max(now, this.#firsts.get(name) ?? 0);
    if (first > now + aheadMs) return { is: "none yet" };
    this.#firsts.set(name, first + count * everyMs);
    this.given.push(...Array.from({ length: count }, (_, index) => first + index * everyMs - this.#start));
    return { is: "given", inMs: first - now };
  }

  #way(): Promise<void> {
    return new Promise((resolve) => this.#time.setTimeout(() => resolve(), this.wayMs()));
  }
}

export interface Process {
  readonly limits: SharedLimits;
  readonly limiter: Limiter;
  /** What it was told of who is away. */
  readonly told: (string | undefined)[];
  requests(count: number): number[];
}

export class Machine {
  constructor(
    private readonly site: Site,
    private readonly temporaryFolder: string,
    private readonly offMs: number,
  ) {}

  /** What a process may send that knows of no other machine. */
  allowance(): Allowance {
    const { site, temporaryFolder, offMs } = this;
    return new Allowance({ domain: "service", warn: () => {}, temporaryFolder, clock: site.clock(offMs) });
  }

  process(perSecond: number): Process {
    const { site } = this;
    const allowance = this.allowance();
    const told: (string | undefined)[] = [];
    const limits = new SharedLimits({
      claim: (limit, count) => site.claim(limit, count),
      onChange: (reason) => told.push(reason),
      clock: site.clock(-site.elapsed),
    });
    const machine = allowance.limiter("all", perSecond);
    const limiter = limits.limiter("all", perSecond, machine, allowance.limiter("alone", Math.ceil(perSecond / 4)));
    return {
      limits,
      limiter,
      told,
      requests: (count) => site.requests(limiter, count),
    };
  }
}

/** A mocha suite whose tests each have a site of their own. */
export function describeSite(title: string, body: (site: () => Site) => void) {
  describe(title, () => {
    let site: Site;
    beforeEach(() => {
      site = new Site();
    });
    afterEach(() => site.dispose());
    body(() => site);
  });
}
