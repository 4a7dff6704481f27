import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "../../../tools/commandResult";
import { ready, spawnEmulator } from "../../../tools/emulator/command";
import { Dice } from "../../../tools/fuzz/dice";
import { fuzzers } from "../../../tools/fuzz/fuzzers";
import { expectSurvival } from "../../../tools/fuzz/survival";

describe("fuzzing", () => {
  let data: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "emulator-fuzz-"));
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    rmSync(data, { recursive: true });
  });

  const start = () => {
    child = spawnEmulator("--port", "0", "--json", "--quotas", "off", "--data", data);
    return child;
  };

  for (const [protocol, fuzz] of Object.entries(fuzzers)) {
    it(`${protocol} leaves the emulator and its data folder well; npm run bench -- fuzz goes on for longer`, async () => {
      const first = start();
      const target = await ready(first);
      await expectSurvival(target, async () => {
        await fuzz(target, { dice: new Dice(1), seconds: 2 });
      });
      const ended = finished(first);
      first.kill("SIGKILL");
      await ended;
      await ready(start());
    }).timeout(30_000);
  }
});
