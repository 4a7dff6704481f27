const second = 1000;

/** At most so many calls in any one second: the time of each of the last calls is remembered. */
class SlidingSecond {
  readonly limit: number;
  readonly #times: number[] = [];
  #next = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  admit(now: number): boolean {
    const oldest = this.#times[this.#next];
    if (oldest !== undefined && now - oldest < second) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.limit;
    return true;
  }

  /** Calls admitted in the last second. */
  used(now: number): number {
    return this.#times.filter((time) => now - time < second).length;
  }
}

/** All actions together, per source address (documented; the wording of the pages varies). */
const callsPerAddress = 300;
/** How long a blocked address stays blocked is not documented; see the assumption `blockedAddress`. */
const blockMs = 60_000;

/** How far a limit is used. */
interface Use {
  readonly callsPerSecond: number;
  /** Calls in the last second. */
  readonly used: number;
}

/** Whether quotas are kept, and how far those are used that any call has counted on since the start. */
export interface QuotaReport {
  readonly enabled: boolean;
  readonly actions: readonly (Use & { readonly accountId: string; readonly action: string })[];
  readonly addresses: readonly (Use & {
    readonly address: string;
    /** ISO 8601, wall clock; null for an address that is not blocked. */
    readonly blockedUntil: string | null;
  })[];
}

/** The documented limits of the service, counted by the wall clock. */
export class Quotas {
  readonly #initiallyEnabled: boolean;
  readonly #addresses = new Map<string, SlidingSecond>();
  readonly #blockedUntil = new Map<string, number>();
  /** By account, then by action. */
  readonly #actions = new Map<string, Map<string, SlidingSecond>>();
  #enabled: boolean;

  constructor(enabled: boolean) {
    this.#initiallyEnabled = enabled;
    this.#enabled = enabled;
  }

  /** Switching them off also forgets what was counted. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    if (!enabled) this.#forget();
  }

  /** Whether a call from this address is taken; one too many blocks the address. */
  admitAddress(address: string, now: number): boolean {
    if (!this.#enabled) return true;
    if (now < this.#blockEnd(address)) return false;
    if (existing(this.#addresses, address, () => new SlidingSecond(callsPerAddress)).admit(now)) return true;
    this.#blockedUntil.set(address, now + blockMs);
    return false;
  }

  /** Whether an account may call an action once more in this second; null is an action without a documented limit. */
  admitAction(accountId: string, action: string, callsPerSecond: number | null, now: number): boolean {
    if (!this.#enabled || callsPerSecond === null) return true;
    const ofAccount = existing(this.#actions, accountId, () => new Map<string, SlidingSecond>());
    return existing(ofAccount, action, () => new SlidingSecond(callsPerSecond)).admit(now);
  }

  report(now: number): QuotaReport {
    const use = (window: SlidingSecond): Use => ({ callsPerSecond: window.limit, used: window.used(now) });
    return {
      enabled: this.#enabled,
      actions: [...this.#actions].flatMap(([accountId, actions]) =>
        [...actions].map(([action, window]) => ({ accountId, action, ...use(window) })),
      ),
      addresses: [...this.#addresses].map(([address, window]) => {
        const end = this.#blockEnd(address);
        return { address, ...use(window), blockedUntil: now < end ? new Date(end).toISOString() : null };
      }),
    };
  }

  /** Takes back the block of every address; their last second is forgotten as well, else the next call would block anew. */
  liftBlocks(): void {
    for (const address of this.#blockedUntil.keys()) this.#addresses.delete(address);
    this.#blockedUntil.clear();
  }

  /** As at the start. */
  reset(): void {
    this.#enabled = this.#initiallyEnabled;
    this.#forget();
  }

  #forget(): void {
    this.#addresses.clear();
    this.#blockedUntil.clear();
    this.#actions.clear();
  }

  #blockEnd(address: string): number {
    return this.#blockedUntil.get(address) ?? 0;
  }
}

function existing<V>(map: Map<string, V>, key: string, create: () => V): V {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}
