// Other people's MQTT programs against the emulator, as far as they are there: npm run suites
import { runMosquittoClients } from "./mosquittoClients";
import { runPahoTests } from "./pahoTests";

async function main(): Promise<void> {
  const surprises = [...(await runMosquittoClients()), ...(await runPahoTests())];
  for (const surprise of surprises) console.error(`Not as expected: ${surprise}`);
  process.exitCode = surprises.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
