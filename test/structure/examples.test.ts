import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expectNone } from "./expectNone";
import { root, textOf } from "./sources";

/** Workflows, which are no project: test/engine/pipelines.test.ts runs them. */
const pipelines = "pipelines";
const examples = readdirSync(join(root, "examples")).filter((name) => name !== pipelines);

describe("The examples", () => {
  it("are each run on the real engine", () => {
    const started = textOf("test/engine/examples.test.ts").matchAll(/\bstart\("(.+?)"/g);
    const alone = textOf("test/engine/rollout.test.ts").matchAll(/\bdescribe\("The example (.+?)"/g);
    const run = [...started, ...alone].map(([, name = ""]) => name);
    expectNone(
      examples.filter((name) => !run.includes(name)),
      'Add a test with `start("<name>")` to test/engine/examples.test.ts for these folders of examples/',
    );
    expectNone(
      run.filter((name) => !examples.includes(name)),
      "Take these out of test/engine/examples.test.ts: examples/ has none of that name",
    );
  });

  for (const name of examples) {
    it(`tell how to run them, and are told of in the readme: ${name}`, () => {
      const readme = textOf(`examples/${name}/README.md`);
      const missing = [
        ...["pulumi up", "apsaramq-mqtt emulator"]
          .filter((command) => !readme.includes(command))
          .map((command) => `examples/${name}/README.md: \`${command}\``),
        ...(textOf(`examples/${name}/Pulumi.yaml`).split("\n").includes(`name: ${name}`)
          ? []
          : [`examples/${name}/Pulumi.yaml: the line "name: ${name}"`]),
        ...(textOf("README.md").includes(`(examples/${name}/README.md)`)
          ? []
          : [`README.md: a row in the table of examples with a link to examples/${name}/README.md`]),
      ];
      expectNone(missing, "Add what is missing");
    });
  }
});
