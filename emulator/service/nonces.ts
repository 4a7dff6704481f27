import { createHash } from "node:crypto";

/**
 * Nonces seen, so that a request is taken once. Only the last ones are kept, by their hashes: a replay of something older than
 * 200,000 requests passes here and not at the real gateway, which is the price for a bounded memory.
 */
export class Nonces {
  readonly #seen = new Set<string>();
  readonly #capacity: number;

  constructor(capacity = 200_000) {
    this.#capacity = capacity;
  }

  /** Whether it is new; from then on it is not. */
  accept(nonce: string): boolean {
    const hash = createHash("sha1").update(nonce).digest("base64");
    if (this.#seen.has(hash)) return false;
    this.#seen.add(hash);
    if (this.#seen.size > this.#capacity) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    return true;
  }

  clear(): void {
    this.#seen.clear();
  }
}
