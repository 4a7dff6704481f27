import { isDeepStrictEqual } from "node:util";
import type { Login } from "./devices";
import type { Holdings, Plant } from "./plant";

/** Checks that an output contains each of these texts. */
export function expectShown(output: string, ...texts: readonly (string | RegExp)[]): void {
  for (const text of texts) {
    const isShown = typeof text === "string" ? output.includes(text) : text.test(output);
    if (!isShown) throw new Error(`the CLI should have shown ${text}`);
  }
}

/** Checks that an output contains none of the secrets and none of the passwords. */
export function expectHidden(output: string, { secrets }: Holdings, logins: readonly Login[] = []): void {
  const passwords = logins.map(({ clientId, password }) => [clientId, password] as const);
  for (const [clientId, secret] of [...secrets, ...passwords]) {
    if (output.includes(secret)) throw new Error(`the CLI has shown a secret of ${clientId}`);
  }
}

export interface ExpectedHoldings {
  readonly groups: number;
  /** Number of CA certificates. */
  readonly cas: number;
  /** Client ids that have a credential. */
  readonly devices: readonly string[];
  /** Statuses of the device certificates. */
  readonly certificates: readonly string[];
}

/** Checks what the service holds, and gives it. */
export async function expectHeld(plant: Plant, expected: ExpectedHoldings): Promise<Holdings> {
  const holdings = await plant.holdings();
  const { secrets, ...others } = holdings;
  const held = { ...others, devices: [...secrets.keys()] };
  if (!isDeepStrictEqual(held, expected)) {
    throw new Error(`the service should hold ${JSON.stringify(expected)}, and holds ${JSON.stringify(held)}`);
  }
  console.log(`\n  The service holds ${sentence(expected)}.`);
  return holdings;
}

function sentence({ groups, cas, devices, certificates }: ExpectedHoldings): string {
  const parts = [
    count(groups, "group"),
    count(cas, "CA"),
    count(devices.length, "device credential"),
    ...certificates.map((status) => count(1, `${status} device certificate`)),
  ];
  return parts.filter((part) => part !== "").join(", ") || "nothing";
}

function count(number: number, noun: string): string {
  if (number === 0) return "";
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}
