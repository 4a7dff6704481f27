/** At most so many calls in any one second: the time of each of the last calls is remembered. */
class SlidingSecond {
  readonly #times: number[] = [];
  readonly #limit: number;
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  admit(now: number): boolean {
    const oldest = this.#times[this.#next];
    if (oldest !== undefined && now - oldest < 1000) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#limit;
    return true;
  }
}

/** All actions together, per source address (documented; the wording of the pages varies). */
const callsPerAddress = 300;
/** How long a blocked address stays blocked is not documented; see the assumption `blockedAddress`. */
const blockMs = 60_000;

/** The documented limits of the service, counted by the wall clock. */
export class Quotas {
  readonly #enabled: boolean;
  readonly #windows = new Map<string, SlidingSecond>();
  readonly #blockedUntil = new Map<string, number>();

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** Whether a call from this address is taken; one too many blocks the address. */
  admitAddress(address: string, now: number): boolean {
    if (!this.#enabled) return true;
    if (now < (this.#blockedUntil.get(address) ?? 0)) return false;
    if (this.#window(`address ${address}`, callsPerAddress).admit(now)) return true;
    this.#blockedUntil.set(address, now + blockMs);
    return false;
  }

  /** Whether an account may call an action once more in this second; null is an action without a documented limit. */
  admitAction(accountId: string, action: string, callsPerSecond: number | null, now: number): boolean {
    if (!this.#enabled || callsPerSecond === null) return true;
    return this.#window(`action ${accountId} ${action}`, callsPerSecond).admit(now);
  }

  clear(): void {
    this.#windows.clear();
    this.#blockedUntil.clear();
  }

  #window(key: string, limit: number): SlidingSecond {
    const existing = this.#windows.get(key);
    if (existing !== undefined) return existing;
    const created = new SlidingSecond(limit);
    this.#windows.set(key, created);
    return created;
  }
}
