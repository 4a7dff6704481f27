import type { Clock } from "../machine/allowance";
import { inOrder, type Limiter } from "../machine/inOrder";
import { lateMs, roundMs, Slots } from "../machine/slots";

/** A limit that machines share, the same for all that give it the same name. */
export interface SharedLimit {
  readonly name: string;
  readonly perSecond: number;
  /** How far apart its slots are. */
  readonly everyMs: number;
  /** How long after its time a slot may still be used. */
  readonly lateMs: number;
}

/** What came of asking for slots in a row: the first is so many milliseconds after the moment of the answer. */
export type Claimed =
  | { readonly is: "given"; readonly inMs: number }
  | { readonly is: "none yet" }
  | { readonly is: "away"; readonly reason: string };

/** When a request may be sent. */
interface Slot {
  readonly from: number;
  readonly until: number;
}

/**
 * A process claims the slots of a quarter of a second at a time, if as many requests wait, and of a fiftieth while others
 * claim too: that long each of them waits who sends one request after the other, as for the pages of a listing.
 */
const portionsPerSecond = { alone: 4, besideOthers: 50 };
/** A slower answer leaves too little of a slot, as nobody knows when in the meantime it was given. */
const slowMs = 50;
/** So many slow answers in a row are no accident. */
const mostSlow = 5;
/** How often one looks again where nobody answered, or no slot was to be had. */
const lookMs = 1_000;

export interface SharedLimitsOptions {
  readonly claim: (limit: SharedLimit, count: number) => Promise<Claimed>;
  /** Told why nobody answers any more, and undefined when somebody does again. */
  readonly onChange: (reason: string | undefined) => void;
  /** A clock that nobody sets: only differences count. */
  readonly clock: Clock;
}

/**
 * Limits that machines share, whose clocks need not agree: a slot comes so many milliseconds after an answer, which was
 * given between asking and hearing. So it is used no earlier than counted from hearing, and no later than counted from
 * asking.
 */
export class SharedLimits {
  readonly #claim: SharedLimitsOptions["claim"];
  readonly #onChange: SharedLimitsOptions["onChange"];
  readonly #clock: Clock;
  readonly #held = new Map<string, Slot[]>();
  /** The limits of which others have claimed slots since this process did. */
  readonly #besideOthers = new Set<string>();
  #isAway = false;
  #lookedAt = 0;
  #slowAnswers = 0;

  constructor({ claim, onChange, clock }: SharedLimitsOptions) {
    this.#claim = claim;
    this.#onChange = onChange;
    this.#clock = clock;
  }

  /**
   * @param machine what this machine may send at most, whatever others say
   * @param share what it may send while nobody answers
   */
  limiter(name: string, perSecond: number, machine: Limiter, share: Limiter): Limiter {
    const limit = limitOf(name, perSecond);
    let waiting = 0;
    const admit = inOrder(async (signal) => {
      for (;;) {
        const slot = await this.#next(limit, waiting, signal);
        if (slot === undefined) {
          await share(signal);
        }
        await machine(signal);
        if (slot === undefined || this.#clock.now() <= slot.until) {
          return;
        }
      }
    });
    return async (signal) => {
      waiting++;
      await admit(signal).finally(() => {
        waiting--;
      });
    };
  }

  /** Forgets the slots that are held: who gave them may know nothing of them any more. */
  drop(): void {
    this.#held.clear();
  }

  /** Waits for a slot; undefined, without a wait, while nobody answers. */
  async #next(limit: SharedLimit, waiting: number, signal: AbortSignal | undefined): Promise<Slot | undefined> {
    while (!this.#isAway) {
      signal?.throwIfAborted();
      const slot = this.#held.get(limit.name)?.shift();
      if (slot) {
        await this.#clock.sleep(Math.max(0, slot.from - this.#clock.now()), signal);
        if (this.#clock.now() <= slot.until) {
          return slot;
        }
      } else if (!(await this.#refill(limit, waiting))) {
        await this.#clock.sleep(lookMs, signal);
      }
    }
    this.#lookAgain(limit);
    return undefined;
  }

  /** Whether it is worth looking again at once. */
  async #refill(limit: SharedLimit, waiting: number): Promise<boolean> {
    const { alone, besideOthers } = portionsPerSecond;
    const portion = limit.perSecond / (this.#besideOthers.has(limit.name) ? besideOthers : alone);
    const count = Math.min(waiting, Math.max(1, Math.floor(portion)));
    const asked = this.#clock.now();
    const claimed = await this.#answer(limit, count);
    const heard = this.#clock.now();
    if (claimed.is === "given") {
      const slots = Array.from({ length: count }, (_, index) => {
        const afterMs = claimed.inMs + index * limit.everyMs;
        return { from: heard + afterMs, until: asked + afterMs + limit.lateMs };
      });
      this.#held.set(limit.name, slots);
      // The slot after its own would be the next one.
      this.#besideOthers[claimed.inMs > limit.everyMs ? "add" : "delete"](limit.name);
    }
    return claimed.is !== "none yet";
  }

  /** Notes who is away, and who is back. */
  async #answer(limit: SharedLimit, count: number): Promise<Claimed> {
    const asked = this.#clock.now();
    const claimed = await this.#claim(limit, count);
    const isSlow = this.#clock.now() - asked > slowMs;
    this.#slowAnswers = isSlow ? this.#slowAnswers + 1 : 0;
    const reason =
      claimed.is === "away"
        ? claimed.reason
        : this.#slowAnswers >= mostSlow
          ? `its answers take more than ${slowMs} ms`
          : undefined;
    this.#lookedAt = this.#clock.now();
    if (this.#isAway !== (reason !== undefined)) {
      this.#isAway = reason !== undefined;
      this.drop();
      this.#onChange(reason);
    }
    return claimed;
  }

  /** Nobody waits for it: requests go on meanwhile. */
  #lookAgain(limit: SharedLimit): void {
    if (this.#clock.now() - this.#lookedAt >= lookMs) {
      this.#lookedAt = Number.POSITIVE_INFINITY;
      void this.#answer(limit, 1);
    }
  }
}

/**
 * A slot may be used late enough for a slow answer and then for a slot of the machine's own, which come at other moments
 * and may be somebody else's. However late each is used, no second sees more than of one machine whose slots are used late.
 */
function limitOf(name: string, perSecond: number): SharedLimit {
  const { perRound, longestGapMs } = new Slots(perSecond);
  const late = slowMs + 2 * longestGapMs;
  const mostInOneSecond = Math.ceil(perRound * (1 + lateMs / roundMs));
  return { name, perSecond, lateMs: late, everyMs: (1_000 + late) / mostInOneSecond };
}
