import { expect } from "chai";
import { findFastTests, findTests, needsEngine, splitArguments } from "../../tools/tests.mjs";

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => String(error),
  );
}

describe("tools/tests", () => {
  it("tells paths from mocha's flags and their values", () => {
    for (const [args, paths, flags] of [
      [["test/sdk", "--bail", "test/cli"], ["test/sdk", "test/cli"], ["--bail"]],
      [["--grep", "a name", "test/sdk"], ["test/sdk"], ["--grep", "a name"]],
      [["-g", "a name"], [], ["-g", "a name"]],
      [["--grep=a name", "test/sdk", "-b"], ["test/sdk"], ["--grep=a name", "-b"]],
    ] as const) {
      expect(splitArguments([...args])).to.deep.equal({ paths, flags });
    }
  });

  it("finds the tests of files, folders and globs, each once, and all without any", async () => {
    const own = "test/tools/tests.test.ts";
    expect(await findTests([own, `./${own}`])).to.deep.equal([own]);
    expect(await findTests(["test/tools/"]))
      .to.include(own)
      .and.not.to.include("test/cli/main.test.ts");
    expect(await findTests(["test/**/tests.*"])).to.deep.equal([own]);
    expect(await findTests([])).to.include.members([own, "test/cli/main.test.ts", "test/engine/engine.test.ts"]);
  });

  it("starts those on the engine first: they take longest", async () => {
    const engine = (await findTests([])).map(needsEngine);
    expect(engine.indexOf(false)).to.equal(engine.lastIndexOf(true) + 1);
  });

  it("leaves out what is slow where only fast tests are wanted", async () => {
    expect((await findFastTests([])).filter((file) => needsEngine(file) || file.includes("/fuzz/"))).to.deep.equal([]);
    expect(await failureOf(findFastTests(["test/engine"]))).to.contain("No fast test matches test/engine");
  });

  it("says which path matches no test: a missing one, a helper, a glob", async () => {
    for (const path of ["test/nowhere", "test/engine/world.ts", "test/*.test.ts"]) {
      expect(await failureOf(findTests(["test/tools", path]))).to.contain(`No test matches ${path}.`);
    }
  });
});
