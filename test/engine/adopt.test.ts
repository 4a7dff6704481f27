import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { createCa } from "../../tools/x509";
import { run } from "../cli/command";
import { clientId, describeWorld, groupId, instanceId, operatorKeys, type World } from "./world";

const devices = ["line-1", "line-2", "line-3"];

describeWorld("apsaramq-mqtt adopt", (newWorld) => {
  const adopt = ({ emulator, stack }: World, ...args: string[]) =>
    run(["adopt", "--instance", instanceId, "--endpoint", emulator.endpoint, "--region", emulator.regionId, ...args], {
      cwd: stack.directory,
      env: { ...process.env, ...operatorKeys(emulator) },
    });

  /** Imports what was written, and makes the program that was written that of the stack. */
  const importInto = async ({ stack }: World, importFile: string, program: string) => {
    const imported = await stack.run(
      "import",
      "--file",
      importFile,
      "--generate-code=false",
      "--yes",
      "--protect=false",
    );
    expect(imported.code, imported.output).to.equal(0);
    const text = await readFile(join(stack.directory, program), "utf8");
    await stack.program(ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } }).outputText);
  };

  describe("of all kinds", () => {
    let world: World;
    before(async () => {
      const ca = await createCa({ commonName: "line", serialNumber: "ca" });
      const gateways = await Promise.all(
        ["a1", "a2"].map((serialNumber) => ca.device({ commonName: `gw-${serialNumber}`, serialNumber })),
      );
      world = await newWorld({
        instance: {
          groups: [{ groupId }, { groupId: "GID_empty", tags: [{ key: "site", value: "north" }] }],
          credentials: devices.map((device) => ({
            clientId: clientId(device),
            deviceAccessKeySecret: `secret-of-${device}`,
          })),
          customAuthIdentities: [
            { identityType: "USER", username: "meter", signMode: "SIGNED", secret: "meter's own secret" },
            {
              identityType: "CLIENT",
              username: "meter",
              clientId: "m 1",
              signMode: "ORIGIN",
              secret: "client's secret",
            },
          ],
          customAuthPermissions: [
            {
              identityType: "USER",
              identity: "meter",
              topic: "demo/+/state/#",
              permitAction: "PUB_SUB",
              effect: "ALLOW",
            },
            { identityType: "CLIENT", identity: "m::1", topic: "demo/other", permitAction: "SUB", effect: "DENY" },
          ],
          customAuthConnectBlacks: [{ clientId: "电表" }],
          caCertificates: [
            {
              caName: "line",
              caContent: ca.pem,
              deviceCertificates: [
                { deviceContent: gateways[0]?.pem ?? "" },
                { deviceContent: gateways[1]?.pem ?? "", status: "inactive" },
              ],
            },
          ],
        },
      });
    });

    it("writes an import file and a program between which a preview sees no change, without a login", async () => {
      const { code, output } = await adopt(world);
      expect(code, output).to.equal(0);
      await importInto(world, "adopted.json", "adopted.ts");
      const preview = await world.stack.preview("--expect-no-changes", "--diff");
      expect(preview.code, preview.output).to.equal(0);
    });
  });
});
