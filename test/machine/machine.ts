import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import FakeTimers from "@sinonjs/fake-timers";
import { expect } from "chai";
import { Allowance } from "../../machine/allowance";
import type { Limiter } from "../../machine/inOrder";

/** A machine whose time only passes when it is told to, and whose processes meet in a folder of its own. */
export class Machine {
  readonly temporaryFolder = mkdtempSync(join(tmpdir(), "machine-"));
  /** What its processes told the user. */
  readonly warnings: string[] = [];
  /** How late its timers fire, in milliseconds. */
  lateness: () => number = () => 0;
  /** How long everything else that is ready takes, in milliseconds. */
  turnMs = 0;
  readonly #time = FakeTimers.createClock(Date.UTC(2026, 10, 25));
  readonly #start = this.#time.now;
  /** By how much its clock has been set forward, in milliseconds. */
  #set = 0;

  dispose(): void {
    rmSync(this.temporaryFolder, { recursive: true, force: true });
  }

  /** Milliseconds since the epoch, by its clock. */
  get now(): number {
    return this.#time.now;
  }

  /** Milliseconds that have passed, however its clock was set. */
  get elapsed(): number {
    return this.#time.now - this.#start - this.#set;
  }

  async pass(ms: number): Promise<void> {
    await this.#time.tickAsync(ms);
  }

  setClock(byMs: number): void {
    this.#set += byMs;
    this.#time.setSystemTime(this.#time.now + byMs);
  }

  /** What a new process of it may send. */
  process(domain = "service"): Allowance {
    return new Allowance({
      domain,
      warn: (text) => this.warnings.push(text),
      temporaryFolder: this.temporaryFolder,
      clock: {
        now: () => this.#time.now,
        sleep: (ms, signal) =>
          new Promise<void>((resolve, reject) => {
            const timer = this.#time.setTimeout(() => resolve(), ms > 0 ? ms + this.lateness() : this.turnMs);
            signal?.addEventListener("abort", () => {
              this.#time.clearTimeout(timer);
              reject(signal.reason);
            });
          }),
      },
    });
  }

  /** Asks for so many requests at once; gives the times, as they pass, at which they may be sent. */
  requests(limiter: Limiter, count: number): number[] {
    const times: number[] = [];
    for (let index = 0; index < count; index++) {
      void limiter().then(() => times.push(this.elapsed));
    }
    return times;
  }

  /** The files that its processes share, by their paths. */
  get files(): string[] {
    if (!existsSync(this.temporaryFolder)) return [];
    return readdirSync(this.temporaryFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  }

  /** The folder of its user. */
  get privateFolder(): string {
    const [name, ...others] = readdirSync(this.temporaryFolder);
    expect(others).to.deep.equal([]);
    return join(this.temporaryFolder, name ?? expect.fail("there is no folder"));
  }
}

/** A mocha suite whose tests each have a machine of their own. */
export function describeMachine(title: string, body: (machine: () => Machine) => void) {
  describe(title, () => {
    let machine: Machine;
    beforeEach(() => {
      machine = new Machine();
    });
    afterEach(() => machine.dispose());
    body(() => machine);
  });
}
