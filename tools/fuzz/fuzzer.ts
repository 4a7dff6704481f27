import type { Emulator } from "../../emulator/index";
import type { Dice } from "./dice";

/** A running emulator, in this process or another. */
type Addresses = "endpoint" | "mqtt" | "mqtts" | "ws";
export type Target = Pick<Emulator, Addresses | "accessKeyId" | "accessKeySecret" | "instanceIds">;

/** How long and by which chance a server is fuzzed. */
export interface Fuzzing {
  readonly dice: Dice;
  readonly seconds: number;
}

/** Sends a running emulator what it should survive; gives how often it made each kind of attempt. */
export type Fuzzer = (target: Target, fuzzing: Fuzzing) => Promise<Readonly<Record<string, number>>>;

/** Makes attempts side by side until the time is over. An attempt never rejects: being cut off is an answer. */
export async function attemptAll(
  attempts: Readonly<Record<string, () => Promise<void>>>,
  { dice, seconds }: Fuzzing,
): Promise<Record<string, number>> {
  const names = Object.keys(attempts);
  const counts: Record<string, number> = {};
  const end = performance.now() + seconds * 1000;
  const worker = async () => {
    while (performance.now() < end) {
      const name = dice.oneOf(names);
      await attempts[name]?.();
      counts[name] = (counts[name] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return counts;
}
