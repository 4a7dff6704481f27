/** How long after its time a slot may be used, in milliseconds: timers of a busy process fire late. */
export const lateMs = 50;

/** Time is cut into rounds of so many milliseconds, each with the same slots. */
export const roundMs = 1_000;

/**
 * The most slots of a round. Used late at first and then in time, so many make 286 requests in one second, and 300, above
 * which the service blocks an address, if the way of the first ones takes 50 ms longer: they may have to connect.
 */
const mostSlots = 272;

/** The round of a time in milliseconds since the epoch. */
export function roundOf(time: number): number {
  return Math.floor(time / roundMs);
}

/** A moment at which one request may be sent. */
export interface Slot {
  readonly round: number;
  /** Which slot of its round: the same moment at every rate. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The slots of a rate. Number n lies at the n-th place of the sequence 0, 1/2, 1/4, 3/4, 1/8, 5/8 and so on of its
 * round, and a rate of r has the first r of them. They are spread evenly for each r, and as all rates begin with the
 * same ones, processes with different rates together never use more than the highest rate has.
 */
export class Slots {
  /** How many a round has. */
  readonly perRound: number;
  readonly #inOrder: readonly { readonly number: number; readonly offsetMs: number }[];

  /** @param perSecond 1 or more; all above 272 are the same */
  constructor(perSecond: number) {
    this.perRound = Math.min(perSecond, mostSlots);
    this.#inOrder = Array.from({ length: this.perRound }, (_, number) => ({
      number,
      offsetMs: Math.floor(placeOf(number) * roundMs),
    })).sort((a, b) => a.offsetMs - b.offsetMs);
  }

  /** The longest time from one to the next. */
  get longestGapMs(): number {
    return roundMs / 2 ** Math.floor(Math.log2(this.perRound));
  }

  /** The first slot later than a time, in milliseconds since the epoch. */
  after(time: number): Slot {
    const round = roundOf(time);
    const start = round * roundMs;
    const slot = this.#inOrder.find(({ offsetMs }) => start + offsetMs > time);
    return slot
      ? { round, number: slot.number, at: start + slot.offsetMs }
      : { round: round + 1, number: 0, at: start + roundMs };
  }
}

/** The binary digits of a number, mirrored at the point: 1 gives 1/2, 2 gives 1/4, 3 gives 3/4. */
function placeOf(number: number): number {
  let place = 0;
  for (let rest = number, weight = 1 / 2; rest > 0; rest >>= 1, weight /= 2) {
    place += (rest & 1) * weight;
  }
  return place;
}
