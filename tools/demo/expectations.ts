import { isDeepStrictEqual } from "node:util";
import type { Holdings, Plant } from "./plant";

/** Checks that an output contains each of these texts. */
export function expectShown(output: string, ...texts: readonly (string | RegExp)[]): void {
  for (const text of texts) {
    const isShown = typeof text === "string" ? output.includes(text) : text.test(output);
    if (!isShown) throw new Error(`the CLI should have shown ${text}`);
  }
}

/** Checks that an output contains none of the secrets. */
export function expectHidden(output: string, { secrets }: Holdings): void {
  for (const [clientId, secret] of secrets) {
    if (output.includes(secret)) throw new Error(`the CLI has shown the secret of ${clientId}`);
  }
}

export interface ExpectedHoldings {
  /** Client ids that have a credential. */
  readonly devices: readonly string[];
  /** Statuses of the device certificates. */
  readonly certificates: readonly string[];
}

/** Checks what the service holds, and gives it. */
export async function expectHeld(plant: Plant, expected: ExpectedHoldings): Promise<Holdings> {
  const holdings = await plant.holdings();
  const held = { devices: [...holdings.secrets.keys()], certificates: holdings.certificates };
  if (!isDeepStrictEqual(held, expected)) {
    throw new Error(`the service should hold ${JSON.stringify(expected)}, and holds ${JSON.stringify(held)}`);
  }
  console.log(`\n  The service holds ${sentence(expected)}.`);
  return holdings;
}

function sentence({ devices, certificates }: ExpectedHoldings): string {
  const credentials = `credentials of ${devices.length || "no"} devices`;
  return `${credentials} and ${certificates.map((status) => `one ${status}`).join(", ") || "no"} device certificate`;
}
