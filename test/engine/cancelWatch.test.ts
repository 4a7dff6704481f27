import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { describeEngine, type Stack } from "./harness";
import { until } from "./world";

/** A provider whose verbs end when the engine cancels, and only then. */
const provider = `
const { writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const root = dirname(require.resolve("pulumi-apsaramq-mqtt/package.json"));
const { onCancel } = require(join(root, "dist/provider/cancelWatch.js"));
const cancelled = new Promise((resolve) => onCancel(resolve));
const verb = (answer) => {
  writeFileSync("at-work", "");
  return cancelled.then(() => answer);
};
exports.waiting = {
  create: (inputs) => verb({ id: "waiting", outs: { ...inputs, last: "created" } }),
  read: (id, props) => verb({ id, props: { ...props, last: "read" } }),
  update: (id, old, next) => verb({ outs: { ...next, last: "updated" } }),
  delete: () => verb(),
};`;

const program = `
const pulumi = require("@pulumi/pulumi");
const __provider = 'exports.handler=()=>require(process.cwd()+"/provider.js").waiting;';
const text = new pulumi.Config().get("text");
new pulumi.CustomResource("pulumi-nodejs:dynamic/test:Waiting", "waiting", { text, __provider });`;

describeEngine("The first Ctrl-C", (newStack) => {
  it("reaches a provider at work in every operation, and what it then answers is kept", async () => {
    const stack = await newStack({ program, files: { "provider.js": provider } });
    const last = async () =>
      (await stack.export()).deployment.resources?.find(({ id }) => id === "waiting")?.outputs?.last;

    await interrupted(stack, "up");
    expect(await last()).to.equal("created");
    await interrupted(stack, "refresh");
    expect(await last()).to.equal("read");
    await stack.config({ text: "another" });
    await interrupted(stack, "up");
    expect(await last()).to.equal("updated");
    await interrupted(stack, "destroy");
    expect(await last()).to.equal(undefined);
    expect((await stack.export()).deployment.pending_operations ?? []).to.deep.equal([]);
  });
});

/** Runs a command whose provider does not end by itself, and interrupts the CLI once. */
async function interrupted(stack: Stack, command: string): Promise<void> {
  const child = stack.start(command, "--yes", "--skip-preview");
  const ended = new Promise((resolve) => child.once("close", resolve));
  const atWork = join(stack.directory, "at-work");
  await until(() => existsSync(atWork));
  child.kill("SIGINT");
  await ended;
  await rm(atWork);
}
