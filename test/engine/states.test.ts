import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { recordedConfig, recordedProject, statesFolder } from "../../tools/states/recorded";
import { describeEngine } from "./harness";

describeEngine("The state that a version has written", (newStack) => {
  for (const version of readdirSync(statesFolder)) {
    it(`gives an empty preview: ${version}`, async () => {
      const text = (name: string) => readFileSync(join(statesFolder, version, name), "utf8");
      const stack = await newStack({ program: text("program.js"), files: recordedProject, config: recordedConfig });
      await stack.importState(text("state.json"));
      const { code, output } = await stack.preview("--diff", "--expect-no-changes");
      expect(code, output).to.equal(0);
      expect(output).to.match(/\d+ unchanged/);
    });
  }
});
