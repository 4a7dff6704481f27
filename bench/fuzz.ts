import { Command, InvalidArgumentError, Option } from "commander";
import { startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { Dice } from "../tools/fuzz/dice";
import { fuzzers } from "../tools/fuzz/fuzzers";
import { expectSurvival } from "../tools/fuzz/survival";
import { table } from "../tools/table";

interface Options {
  readonly seconds: number;
  readonly only?: string;
  readonly seed: number;
}

export function fuzzCommand(): Command {
  return new Command("fuzz")
    .description("Sends the emulator what it should survive, and fails unless it is well afterwards.")
    .option("--seconds <number>", "how long, for each protocol", wholeNumber, 60)
    .addOption(new Option("--only <protocol>", "one protocol instead of all").choices(Object.keys(fuzzers)))
    .option("--seed <number>", "of the chance, to repeat a run", wholeNumber, Date.now() % 2 ** 31)
    .action(fuzz);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
}

async function fuzz({ seconds, only, seed }: Options): Promise<void> {
  for (const [protocol, fuzzer] of Object.entries(fuzzers)) {
    if (only !== undefined && only !== protocol) continue;
    const emulator = await startEmulatorProcess(["--quotas", "off"]);
    try {
      console.log(`${protocol}: ${seconds} s with --seed ${seed}`);
      await expectSurvival(emulator, async () => {
        const counts = await fuzzer(emulator, { dice: new Dice(seed), seconds });
        console.log(
          table(
            ["attempts", "count"],
            Object.entries(counts).map(([name, count]) => [name, String(count)]),
          ),
        );
      });
      console.log(`${protocol}: healthy, memory bounded, acknowledged state intact\n`);
    } finally {
      await emulator.stop();
    }
  }
}
