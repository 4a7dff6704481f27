import { mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { forms, madeClientId, writeForm } from "../../tools/matrix/forms";
import { describeEngine } from "./harness";
import { withRightsAsPrinted } from "./operator";
import { configFor, instanceId, operatorKeys } from "./world";

/** The smallest part of `npm run test:matrix`: the installed SDK, and this checkout by a link. */
describeEngine("A program with a link to this package", (newStack) => {
  for (const form of forms) {
    it(`is run when it is written in ${form.name}`, async () => {
      const directory = await realpath(await mkdtemp(join(tmpdir(), "apsaramq-mqtt-")));
      const emulator = await startEmulator({ seed: withRightsAsPrinted({ instances: [{ instanceId }] }) });
      try {
        await symlink(join(__dirname, "../../node_modules"), join(directory, "node_modules"), "junction");
        await writeForm(directory, form, { name: "program" });
        const stack = await newStack({ directory, config: configFor(emulator), env: operatorKeys(emulator) });
        const { code, output } = await stack.up();
        expect(code, output).to.equal(0);
        expect(emulator.state().instances?.[0]?.credentials?.map(({ clientId }) => clientId)).to.deep.equal([
          madeClientId,
        ]);
        expect(await stack.outputs()).to.include({ password: "[secret]", node: process.version });
      } finally {
        await emulator.close();
        await rm(directory, { recursive: true });
      }
    });
  }
});
