import { expect } from "chai";
import { describeEngine, type Stack } from "./harness";

const provider = `
exports.note = {
  create: async (inputs) => ({ id: "note", outs: inputs }),
  diff: async (id, old, next) => ({ changes: old.text !== next.text }),
  read: async (id, props) => ({ id, props }),
  update: async (id, old, next) => ({ outs: next }),
};`;

const program = (body: string) => `
const pulumi = require("@pulumi/pulumi");
class Note extends pulumi.CustomResource {
  constructor(name, args) {
    const __provider = 'exports.handler=()=>require(process.cwd()+"/provider.js").note;';
    super("pulumi-nodejs:dynamic/test:Note", name, { ...args, __provider });
  }
}
const config = new pulumi.Config();
${body}`;

const oneNote = program('new Note("note", { text: config.get("text") ?? "hello" });');

describeEngine("The engine harness", (newStack) => {
  describe("with one resource", () => {
    let stack: Stack;
    before(async () => {
      stack = await newStack({ program: oneNote, files: { "provider.js": provider } });
    });

    it("creates", async () => {
      const { code, stdout } = await stack.up();
      expect(code).to.equal(0);
      expect(stdout).to.contain("+ 2 created");
      expect((await stack.export()).deployment.resources?.map(({ id }) => id)).to.include("note");
    });

    it("previews no change afterwards", async () => {
      expect((await stack.preview("--expect-no-changes")).code).to.equal(0);
    });

    it("shows a changed input with --diff, and runs with --json", async () => {
      await stack.config({ text: "bye" });
      expect((await stack.preview("--diff")).stdout).to.contain('~ text: "hello" => "bye"');
      expect((await stack.up("--json")).stdout).to.contain("resOutputsEvent");
    });

    it("refreshes", async () => {
      expect((await stack.refresh("--expect-no-changes")).code).to.equal(0);
    });

    it("imports an exported state", async () => {
      const state = await stack.export();
      await stack.importState(state);
      expect(await stack.export()).to.deep.equal(state);
    });

    it("destroys", async () => {
      const { code, stdout } = await stack.destroy();
      expect(code).to.equal(0);
      expect(stdout).to.contain("- 2 deleted");
    });

    it("leaves no process behind", async () => {
      expect(stack.processes()).to.deep.equal([]);
    });
  });

  it("honours nodeargs, and passes on what the program prints", async () => {
    const stack = await newStack({ program: 'console.log(process.execArgv.join()); console.error("to stderr");' });
    const runtime = { name: "nodejs", options: { typescript: false, nodeargs: "--no-warnings  --trace-exit" } };
    await stack.write("Pulumi.yaml", JSON.stringify({ name: "test", runtime }));
    expect((await stack.preview()).stdout)
      .to.contain("--no-warnings,--trace-exit")
      .and.to.contain("to stderr");
  });

  it("shows an exception of the program once", async () => {
    const stack = await newStack({ program: 'throw new Error("no such plan");' });
    const { code, stdout } = await stack.preview();
    expect(code).not.to.equal(0);
    expect(stdout.match(/Error: no such plan/g)).to.have.length(1);
    expect(stdout).not.to.contain("non-zero exit code");
  });

  it("reports a program that ends with an exit code", async () => {
    const stack = await newStack({ program: "process.exit(3);" });
    const { code, output } = await stack.preview();
    expect(code).not.to.equal(0);
    expect(output).to.contain("non-zero exit code: 3");
  });
});
