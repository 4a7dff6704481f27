import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { type ReadyLine, ready, spawnEmulator } from "../../tools/emulator/command";
import { Control } from "../../tools/emulator/control";
import { VendorClient } from "./harness";

const clients = 4;
const writesPerClient = 250;
const devicesPerClient = 7;

/** The secret a device should have, undefined for none. */
type Secret = string | undefined;

/** What one client knows of its devices: each as it was last acknowledged, and the one whose answer it waits for. */
interface Knowledge {
  readonly secrets: Map<string, Secret>;
  unanswered: string | undefined;
}

/** Registers, refreshes and unregisters in turn, until the writes are done or the emulator is gone. */
async function write(line: ReadyLine, knowledge: Knowledge, name: string, acknowledged: () => void): Promise<void> {
  const client = new VendorClient(line.endpoint, line);
  for (let index = 0; index < writesPerClient; index++) {
    const ClientId = `GID_killed@@@${name}-${index % devicesPerClient}`;
    const isThere = knowledge.secrets.get(ClientId) !== undefined;
    const action = isThere ? (index % 3 === 0 ? "UnRegister" : "Refresh") : "Register";
    knowledge.unanswered = ClientId;
    const answer = await client
      .call<{ DeviceCredential?: { DeviceAccessKeySecret: string } }>(`${action}DeviceCredential`, {
        InstanceId: line.instanceIds[0],
        ClientId,
      })
      .catch(() => undefined);
    if (answer === undefined) return;
    knowledge.secrets.set(ClientId, answer.DeviceCredential?.DeviceAccessKeySecret);
    knowledge.unanswered = undefined;
    acknowledged();
  }
}

async function keptSecrets({ endpoint }: ReadyLine): Promise<Map<string, Secret>> {
  const { instances = [] } = await new Control(endpoint).state();
  const credentials = instances[0]?.credentials ?? [];
  return new Map(credentials.map(({ clientId, deviceAccessKeySecret }) => [clientId, deviceAccessKeySecret]));
}

describe("an emulator with a data folder, killed", () => {
  const data = mkdtempSync(join(tmpdir(), "emulator-killed-"));
  let child: ChildProcess | undefined;

  afterEach(() => child?.kill("SIGKILL"));
  after(() => rmSync(data, { recursive: true }));

  const start = async () => {
    child = spawnEmulator("--port", "0", "--json", "--quotas", "off", "--data", data);
    const running = child;
    return { line: await ready(running), kill: () => running.kill("SIGKILL"), ended: finished(running) };
  };

  for (const acknowledgedBefore of [1, 333, 700]) {
    it(`after ${acknowledgedBefore} of ${clients * writesPerClient} writes still has every acknowledged one`, async () => {
      const { line, kill, ended } = await start();
      await new VendorClient(line.endpoint, line)
        .call("CreateGroupId", { InstanceId: line.instanceIds[0], GroupId: "GID_killed" })
        .catch(() => {});
      const before = await keptSecrets(line);
      let count = 0;
      const knowledge = Array.from({ length: clients }, (_, number) => {
        const own = [...before].filter(([clientId]) => clientId.startsWith(`GID_killed@@@${number}-`));
        return { secrets: new Map(own), unanswered: undefined };
      });
      const acknowledged = () => {
        if (++count === acknowledgedBefore) kill();
      };
      await Promise.all(knowledge.map((known, number) => write(line, known, String(number), acknowledged)));
      await ended;
      expect(count).to.be.within(acknowledgedBefore, acknowledgedBefore + clients);

      const again = await start();
      const kept = await keptSecrets(again.line);
      for (const { secrets, unanswered } of knowledge as Knowledge[]) {
        for (const [clientId, secret] of secrets) {
          if (clientId !== unanswered) expect(kept.get(clientId), clientId).to.equal(secret);
        }
      }
      again.kill();
      await again.ended;
    }).timeout(30_000);
  }
});
