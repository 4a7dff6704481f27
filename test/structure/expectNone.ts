import { expect } from "chai";

/**
 * Fails when something was found, and says what to do about it.
 *
 * @param remedy what a contributor does, as an order
 */
export function expectNone(found: readonly string[], remedy: string): void {
  if (found.length > 0) expect.fail(`${remedy}:\n${found.map((item) => `  - ${item}`).join("\n")}`);
}
