import type { FaultRequest, Health, JournalEntry, JournalFilter, Seed } from "apsaramq-mqtt-emulator";

/** The control paths of an emulator in another process. What it refuses is an error. */
export class Control {
  constructor(private readonly endpoint: string) {}

  health(): Promise<Health> {
    return this.#ask("GET", "health");
  }

  state(): Promise<Seed> {
    return this.#ask("GET", "state");
  }

  async setState(state: Seed): Promise<void> {
    await this.#ask("PUT", "state", state);
  }

  /** Starts afresh, journal included, with this state. */
  async restart(state: Seed): Promise<void> {
    await this.#ask("POST", "reset");
    await this.setState(state);
  }

  async addFault(fault: FaultRequest): Promise<void> {
    await this.#ask("POST", "faults", fault);
  }

  /** The requests since the last start, signed or not. */
  async journal(filter: Pick<JournalFilter, "action" | "code"> = {}): Promise<readonly JournalEntry[]> {
    const query = new URLSearchParams(filter);
    const { entries } = await this.#ask<{ entries: readonly JournalEntry[] }>("GET", `journal?${query}`);
    return entries;
  }

  async #ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const request = { method, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.endpoint}/_emulator/${path}`, request).catch((cause) => {
      throw new Error("the emulator does not answer", { cause });
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the emulator refused ${method} ${path}: ${text}`);
    return JSON.parse(text);
  }
}
