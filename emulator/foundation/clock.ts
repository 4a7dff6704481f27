/** Work that is to be done when its time has come. */
interface Alarm {
  readonly time: number;
  readonly work: () => void;
}

/** The longest time a timer can be set to. */
const longestTimerMs = 2 ** 31 - 1;
/** How soon a timer is set anew that went off too early: the wall clock may stand still in a test. */
const shortestTimerMs = 20;

/** The emulator's time: the wall clock until it is set, then running on from where it was set. All times are in milliseconds. */
export class Clock {
  readonly #wall: () => number;
  /** In the order of their times. */
  #alarms: Alarm[] = [];
  #timer: NodeJS.Timeout | undefined;
  #offset = 0;

  constructor(wall: () => number) {
    this.#wall = wall;
  }

  /** A whole number from 0 on, as times of records are, whatever the wall clock does. With an offset, the time if that were its. */
  now(offset = this.#offset): number {
    return Math.max(0, Math.floor(this.#wall() + offset));
  }

  /** How far it is ahead of the wall clock. */
  get offset(): number {
    return this.#offset;
  }

  set offset(milliseconds: number) {
    this.#offset = milliseconds;
    this.#ring();
  }

  /** The offset at which it is this time now. */
  offsetAt(time: number): number {
    return time - this.#wall();
  }

  /**
   * Does work as soon as it is this time or later, whether the clock runs there or is set there; never at once. It must not
   * throw, and does not keep the process alive.
   *
   * @returns takes it back
   */
  at(time: number, work: () => void): () => void {
    const alarm = { time, work };
    const place = this.#alarms.findIndex((other) => other.time > time);
    this.#alarms.splice(place < 0 ? this.#alarms.length : place, 0, alarm);
    this.#setTimer();
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
      this.#setTimer();
    };
  }

  #ring(): void {
    for (let next = this.#alarms[0]; next !== undefined && next.time <= this.now(); next = this.#alarms[0]) {
      this.#alarms.shift();
      next.work();
    }
    this.#setTimer();
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const [next] = this.#alarms;
    if (next === undefined) return;
    const wait = Math.min(Math.max(next.time - this.now(), shortestTimerMs), longestTimerMs);
    this.#timer = setTimeout(() => this.#ring(), wait).unref();
  }
}
