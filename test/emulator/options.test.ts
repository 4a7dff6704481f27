import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type EmulatorError, startEmulator } from "../../emulator/index";

/** As one without types would call it. */
async function failureOf(options: object): Promise<EmulatorError> {
  const outcome: unknown = await startEmulator(options).then(
    (emulator) => emulator.close(),
    (error: unknown) => error,
  );
  return outcome as EmulatorError;
}

describe("startEmulator", () => {
  for (const [options, message] of [
    [{ port: "0" }, "options.port must be an integer from 0 to 65535"],
    [{ port: 99999 }, "options.port must be an integer from 0 to 65535"],
    [{ mqttPort: -1 }, "options.mqttPort must be an integer from 0 to 65535"],
    [{ wsPort: 1.5 }, "options.wsPort must be an integer from 0 to 65535"],
    [{ quotas: "off" }, "options.quotas must be true or false"],
    [{ now: 5 }, "options.now must be a function"],
    [{ data: 5 }, "options.data must be a string that is not empty"],
    [{ allowedOrigins: "http://localhost" }, "options.allowedOrigins must be a list"],
    [{ clock: "soon" }, "the clock must be an ISO 8601 time, from 1970 on"],
    [{ assumptions: { registerExisting: "perhaps" } }, "assumptions.registerExisting must be one of replaces, rejects"],
    [{ assumptions: { colour: "red" } }, "assumptions.colour is not known"],
    [{ seed: { instance: [] } }, "instance is not known"],
    [{ seed: null }, "the document must be an object"],
  ] as const) {
    it(`refuses ${JSON.stringify(options, (_, value) => value)} and says why`, async () => {
      expect(await failureOf(options)).to.include({
        name: "EmulatorError",
        kind: "input",
        code: "INVALID_INPUT",
        message,
      });
    });
  }

  it("refuses an option that it does not have by its name", async () => {
    const message = "options.prot is not known";
    expect(await failureOf({ prot: 0 })).to.include({ kind: "input", code: "UNKNOWN_OPTION", message });
  });

  it("tells a port that is taken, and a data folder that is no folder, from a mistake", async () => {
    const first = await startEmulator();
    const port = Number(new URL(first.endpoint).port);
    expect(await failureOf({ port })).to.include({
      kind: "port",
      code: "EADDRINUSE",
      message: `EADDRINUSE: port ${port} of 127.0.0.1 is taken, perhaps by another emulator; choose another one with --port (port), 0 for any that is free`,
    });
    await first.close();
    const folder = mkdtempSync(join(tmpdir(), "emulator-options-"));
    writeFileSync(join(folder, "state.jsonl"), "damaged\n");
    expect(await failureOf({ data: folder })).to.include({ kind: "dataFolder", code: "DATA_FOLDER_DAMAGED" });
    const file = join(folder, "state.jsonl", "below");
    expect(await failureOf({ data: file })).to.include({ kind: "dataFolder", code: "DATA_FOLDER_UNWRITABLE" });
    const used = join(folder, "used");
    const holder = await startEmulator({ data: used });
    expect(await failureOf({ data: used })).to.include({ kind: "dataFolder", code: "DATA_FOLDER_IN_USE" });
    await holder.close();
    rmSync(folder, { recursive: true });
  });

  it("leaves nothing open when it fails", async () => {
    const first = await startEmulator();
    const mqttPort = Number(new URL(first.mqtt).port);
    expect(await failureOf({ mqttPort })).to.have.property("kind", "port");
    await first.close();
    await (await startEmulator({ mqttPort })).close();
  });
});
