import { startEmulator } from "../../../emulator/index";
import { Dice } from "./dice";
import { fuzzMqtt } from "./mqttFuzzer";
import { expectSurvival } from "./survival";

describe("fuzzing MQTT", () => {
  it("leaves the emulator well for two seconds; npm run bench -- fuzz goes on for longer", async () => {
    const emulator = await startEmulator({ quotas: false });
    try {
      await expectSurvival(emulator, async () => {
        await fuzzMqtt(emulator, { dice: new Dice(1), seconds: 2 });
      });
    } finally {
      await emulator.close();
    }
  }).timeout(20_000);
});
