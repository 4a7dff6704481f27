import { delimiter } from "node:path";
import type { CommandResult } from "../commandResult";
import { startEmulatorProcess } from "../emulator/emulatorProcess";
import { operatorKeys } from "../emulator/operatorKeys";
import { engineBin } from "../engine";
import { Stack } from "../stack/stack";
import { madeClientId } from "./forms";
import type { Sdk } from "./sdks";

/** The life of a program against an emulator of its own, from preview to destroy. */
export async function play(directory: string, { version, node, nodeVersion }: Sdk): Promise<void> {
  const emulator = await startEmulatorProcess();
  const { endpoint, regionId, instanceIds } = emulator;
  let stack: Stack | undefined;
  try {
    stack = await Stack.create({
      directory,
      config: {
        "apsaramq:endpoint": endpoint,
        "apsaramq:region": regionId,
        "apsaramq:instanceId": instanceIds[0] ?? "",
      },
      env: {
        ...operatorKeys(emulator),
        PATH: [await engineBin(), node, process.env.PATH].join(delimiter),
      },
    });
    const devices = async () => {
      const { instances = [] } = await emulator.control.state();
      return instances.flatMap(({ credentials = [] }) => credentials.map(({ clientId }) => clientId)).join();
    };
    expectSuccess("preview", await stack.preview());
    expectSame("devices after preview", await devices(), "");
    expectSuccess("up", await stack.up());
    expectSame("devices after up", await devices(), madeClientId);
    const { username, ...shown } = await stack.outputs();
    expectSame(
      "outputs",
      JSON.stringify(shown),
      JSON.stringify({ node: nodeVersion, password: "[secret]", sdk: version }),
    );
    expectSame("user name", /^DeviceCredential\|/.test(String(username)), true);
    expectSuccess("preview of no change", await stack.preview("--expect-no-changes"));
    expectSuccess("refresh", await stack.refresh("--expect-no-changes"));
    expectSuccess("destroy", await stack.destroy());
    expectSame("devices after destroy", await devices(), "");
  } finally {
    await stack?.dispose();
    await emulator.stop();
  }
}

function expectSuccess(step: string, { code, output }: CommandResult): void {
  if (code !== 0) throw new Error(`${step} ended with exit code ${code}:\n${output}`);
}

function expectSame(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}
