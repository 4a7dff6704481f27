import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { hurry } from "../provider/hurry";
import { operations } from "./operations";
import { actionsOf, faultIn } from "./play";
import { type Row, rowsOf } from "./table";

/** `all` for the whole table, the start of a row's id for the rows that begin so; else a sample, evenly spread. */
const wanted = process.env.FAULTS;
const sampleSize = 300;

describe("The fault table", function () {
  this.timeout(0);
  let emulator: Emulator;
  let endHurry: () => void;
  before(async () => {
    emulator = await startEmulator({ quotas: false });
    endHurry = hurry();
  });
  after(async () => {
    endHurry();
    await emulator.close();
  });

  it("has no row in which a device is locked out, a live login forgotten or a secret shown", async () => {
    const rows: Row[] = [];
    for (const operation of await operations()) rows.push(...rowsOf(operation, await actionsOf(emulator, operation)));
    // Odd, so that it does not keep step with the table, whose columns have even lengths.
    const every = Math.ceil(rows.length / sampleSize) | 1;
    const played = rows.filter((row, index) => {
      if (wanted === "all") return true;
      return wanted ? row.id.startsWith(wanted) : index % every === 0;
    });
    const failures: string[] = [];
    for (const row of played) {
      const fault = await faultIn(emulator, row);
      if (fault !== undefined) failures.push(`${row.id}: ${fault}`);
    }
    console.log(`      ${rows.length} rows, ${played.length} played, ${failures.length} failing`);
    if (failures.length > 0) expect.fail(`\n${failures.join("\n")}`);
  });
});
