import { Command } from "commander";
import { adoptCommand } from "./adopt";
import { credentialsCommand } from "./credentials";
import { driftCommand } from "./drift";
import { emulatorCommand } from "./emulator";
import { fieldCommand } from "./field";
import { fleetCommand } from "./fleet";
import { fuzzCommand } from "./fuzz";
import { plantCommand } from "./plant";
import { racesCommand } from "./races";

const credentials = credentialsCommand();

// One sub-command for each benchmark; credentials runs when none is named.
const bench = new Command("npm run bench --")
  .description("Measures what this package costs. Names a benchmark, or measures the first one.")
  .addCommand(credentials, { isDefault: true })
  .addCommand(adoptCommand())
  .addCommand(driftCommand())
  .addCommand(emulatorCommand())
  .addCommand(fieldCommand())
  .addCommand(fleetCommand())
  .addCommand(fuzzCommand())
  .addCommand(plantCommand())
  .addCommand(racesCommand())
  .addHelpText("after", () => `\n${credentials.helpInformation()}`)
  .showSuggestionAfterError(false);

bench.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
