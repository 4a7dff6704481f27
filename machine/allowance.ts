import { tmpdir } from "node:os";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { Block } from "./block";
import { errorCode } from "./errorCode";
import { inOrder, type Limiter } from "./inOrder";
import { lateMs, roundOf, type Slot, Slots } from "./slots";
import { TakenSlots } from "./takenSlots";

/** The time that the processes of a machine share. */
export interface Clock {
  /** Milliseconds since the epoch. The clock may be set, forward or back. */
  now(): number;
  /** Rejects when the signal is aborted. 0 lets everything else that is ready go first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface AllowanceOptions {
  /**
   * What has one allowance. The service blocks a source address above 300 requests a second, whatever accounts and
   * regions they are for: all of it is one domain. An endpoint on loopback is a domain of its own, by host and port.
   */
  readonly domain: string;
  /** Takes what a user should know; each line is given once. */
  readonly warn: (text: string) => void;
  /** @default the system's */
  readonly clock?: Clock;
  /** Where the processes meet, in a folder for this user alone. @default the system's folder for temporary files */
  readonly temporaryFolder?: string;
}

/** How often a process that waits for the end of a block looks whether it still lasts. */
const blockLookMs = 1_000;

/**
 * Slots that have just gone by are used too, or a process whose timers are late would use every other one. Not all that
 * may still be used: the rest of the time is for getting there, more of it for whoever did not.
 */
const lookBackMs = lateMs / 2;

const systemClock: Clock = {
  now: () => Date.now(),
  // A timer may fire up to one millisecond early.
  sleep: (ms, signal) =>
    ms > 0 ? sleep(ms + 1, undefined, signal && { signal }) : nextTurn(undefined, signal && { signal }),
};

/** A clock that nobody sets, whose times count for this process alone. */
export const monotonicClock: Clock = { ...systemClock, now: () => performance.now() };

/**
 * The requests that all processes of this user on this machine may send together. Where they have no folder to meet in,
 * as on a full disk, each has the allowance for itself.
 */
export class Allowance {
  readonly #domain: string;
  readonly #warn: (text: string) => void;
  readonly #clock: Clock;
  readonly #temporaryFolder: string;
  readonly #taken: TakenSlots;
  readonly #block: Block;
  #isAloneTold = false;
  #isBlockTold = false;

  constructor({ domain, warn, clock = systemClock, temporaryFolder = tmpdir() }: AllowanceOptions) {
    this.#domain = encodeURIComponent(domain);
    this.#warn = warn;
    this.#clock = clock;
    this.#temporaryFolder = temporaryFolder;
    this.#taken = new TakenSlots(temporaryFolder);
    this.#block = new Block(temporaryFolder, this.#domain);
  }

  /**
   * A limit of the allowance, the same for all processes that give it the same name. Where they disagree on the rate,
   * each keeps to its own and all together to the highest.
   *
   * @param perSecond 1 to 300; 0 lets everything through, during a block too
   */
  limiter(name: string, perSecond: number): Limiter {
    if (perSecond === 0) {
      return async () => {};
    }
    const takeNext = this.#slots(name, perSecond);
    return inOrder((signal) => this.#admit(takeNext, signal));
  }

  /** Notes for all processes of the domain that the service refuses this machine's address; at most ten minutes. */
  block(untilEpochMs: number): void {
    this.#block.note(untilEpochMs);
  }

  /** When the block of this machine's address ends, in milliseconds since the epoch; undefined while there is none. */
  get blockedUntil(): number | undefined {
    return this.#block.until(this.#clock.now());
  }

  async #admit(takeNext: (lookBackMs: number) => Slot, signal: AbortSignal | undefined): Promise<void> {
    for (let lookBack = lookBackMs; ; lookBack /= 2) {
      signal?.throwIfAborted();
      const { at } = takeNext(lookBack);
      // Also when the slot is due: a busy process that takes one after the other would not come to send what it has,
      // and would then send it all at once.
      await this.#clock.sleep(Math.max(0, at - this.#clock.now()), signal);
      const late = this.#clock.now() - at;
      const end = this.blockedUntil;
      if (end !== undefined) {
        await this.#waitForBlock(end, signal);
      } else if (late >= 0 && late < lateMs) {
        return;
      }
      // Otherwise the process was busy or the clock was set: whoever still used the slot would be one of a crowd.
    }
  }

  async #waitForBlock(end: number, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#isBlockTold) {
      this.#isBlockTold = true;
      this.#warn(
        `The service has blocked this machine's address, as it does above 300 requests a second from one address: all requests wait until ${new Date(end).toISOString()}`,
      );
    }
    await this.#clock.sleep(Math.min(end - this.#clock.now(), blockLookMs), signal);
  }

  /** What takes the next free slot of a limit for this process. */
  #slots(name: string, perSecond: number): (lookBackMs: number) => Slot {
    const slots = new Slots(perSecond);
    let latest = 0;
    let lastNow = 0;
    return (lookBackMs) => {
      const now = this.#clock.now();
      // No slot is tried twice, unless the clock was set back.
      const from = now < lastNow ? now : Math.max(latest, now - lookBackMs);
      lastNow = now;
      let slot = slots.after(from);
      while (!this.#take(name, slot, now)) {
        slot = slots.after(slot.at);
      }
      latest = slot.at;
      return slot;
    };
  }

  #take(name: string, slot: Slot, now: number): boolean {
    try {
      return this.#taken.take(`${this.#domain} ${name}`, slot, roundOf(now));
    } catch (error) {
      if (!this.#isAloneTold) {
        this.#isAloneTold = true;
        const reason = errorCode(error) ?? "no folder for this user alone";
        this.#warn(
          `Each provider process keeps to the request limit by itself, not all of this machine together, because ${this.#temporaryFolder} cannot be used (${reason})`,
        );
      }
      return true;
    }
  }
}
