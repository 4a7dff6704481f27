import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root, textOf } from "./sources";

const examples = readdirSync(join(root, "examples"));

describe("The examples", () => {
  it("are each run on the real engine", () => {
    const run = [...textOf("test/engine/examples.test.ts").matchAll(/\bstart\("(.+?)"/g)].map(([, name]) => name);
    expect(run).to.have.members(examples);
  });

  for (const name of examples) {
    it(`tell how to run them, and are told of in the readme: ${name}`, () => {
      expect(textOf(`examples/${name}/README.md`))
        .to.contain("pulumi up")
        .and.to.contain("apsaramq-mqtt emulator");
      expect(textOf(`examples/${name}/Pulumi.yaml`)).to.match(new RegExp(`^name: ${name}$`, "m"));
      expect(textOf("README.md")).to.contain(`(examples/${name}/README.md)`);
    });
  }
});
