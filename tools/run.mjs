// The target of the npm scripts: node tools/run.mjs <script> [arguments]
// Uses nothing but Node itself, because it runs before the dependencies exist.
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { ensureDependencies, ensureInstalled } from "./dependencies.mjs";
import { elapsed, node, root, StepFailed, say } from "./terminal.mjs";
import { findFastTests, findTests, needsEngine, runTests, splitArguments } from "./tests.mjs";
import { atEveryChange } from "./watch.mjs";

const binaries = ["dist/cli/main.js", "emulator/dist/main.js"];

const vitepress = "site/node_modules/vitepress/bin/vitepress.js";

/** @type {Record<string, (args: string[]) => Promise<void>>} */
const commands = {
  build: async () => prepare(),
  demo: async (args) => {
    await prepare();
    await ensureEngine();
    await node("--import", "tsx", "tools/demo/main.ts", ...args);
  },
  bench: async (args) => {
    await prepare();
    await ensureEngine();
    await node("--import", "tsx", "bench/main.ts", ...args);
  },
  suites: async (args) => {
    await prepare();
    await node("--import", "tsx", "tools/suites/main.ts", ...args);
  },
  release: async (args) => {
    await prepare();
    await node("--import", "tsx", "tools/release/main.ts", "publish", ...args);
  },
  "release:check": async (args) => {
    await prepare();
    await node("--import", "tsx", "tools/release/main.ts", "check", ...args);
  },
  docs: async () => {
    await prepareSite();
    say("Making the site (about 15 s)");
    await node("node_modules/typescript/bin/tsc", "-p", "site");
    await node(vitepress, "build", "site");
    await node("--import", "tsx", "tools/site/main.ts");
  },
  "docs:dev": async (args) => {
    await prepareSite();
    await node(vitepress, "dev", "site", ...args);
  },
  test: async (args) => {
    const { paths, flags } = splitArguments(args);
    await prepare();
    const files = await findTests(paths);
    if (files.some(needsEngine)) await ensureEngine();
    if (paths.length > 0) return runTests(files, flags);
    await check();
    say("Running all tests, the real engine included (a few minutes)");
    await runTests(files, flags);
  },
  "test:fast": async (args) => {
    const { paths, flags } = splitArguments(args);
    await prepare();
    const files = await findFastTests(paths);
    if (paths.length > 0) return runTests(files, flags);
    await check();
    say("Running the tests that need neither engine nor browser, and fuzz nothing (about three minutes)");
    await runTests(files, flags);
  },
  "test:watch": async (args) => {
    const { paths, flags } = splitArguments(args);
    await ensureDependencies();
    const find = () => (paths.length > 0 ? findTests(paths) : findFastTests(paths));
    if ((await find()).some(needsEngine)) await ensureEngine();
    await atEveryChange(async () => {
      await compile();
      await runTests(await find(), flags);
    });
  },
  "test:faults": async (args) => {
    await prepare();
    const files = await findTests(["test/faults"]);
    process.env.FAULTS = "all";
    say("Running the whole table of faults");
    await runTests(files, args);
  },
  "test:matrix": async (args) => {
    await prepare();
    await ensureEngine();
    await node("--import", "tsx", "tools/matrix/main.ts", ...args);
  },
};

/** A package of its own, so that nobody installs it who makes no site. */
async function prepareSite() {
  await ensureDependencies();
  await ensureInstalled("site");
}

async function prepare() {
  await ensureDependencies();
  await compile();
}

async function compile() {
  say("Compiling (about 10 s; 1 s when nothing changed)");
  await node("node_modules/typescript/bin/tsc", "-b", "tsconfig.build.json", "emulator");
  for (const file of binaries.map((name) => join(root, name))) if (existsSync(file)) chmodSync(file, 0o755);
}

async function ensureEngine() {
  say("Looking for a Pulumi CLI (at once if there is one; installing takes a minute, building from source 6 to 10)");
  await node("--import", "tsx", "tools/engine/main.ts");
}

async function check() {
  say("Checking format, lint and types (about 10 s; 2 s when nothing changed)");
  await node("node_modules/@biomejs/biome/bin/biome", "check");
  // With -b, so that the projects it refers to are checked as they are, not as they were compiled.
  await node("node_modules/typescript/bin/tsc", "-b");
}

/** The versions that can `require` the ES modules among the dependencies; package.json says the same. */
function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  throw new Error(`Node 20.19, 22.12 or newer is needed; this is ${process.versions.node}.`);
}

const [name = "", ...args] = process.argv.slice(2);
const startedAt = performance.now();
try {
  checkNodeVersion();
  const command = commands[name];
  if (!command) throw new Error(`Usage: node tools/run.mjs ${Object.keys(commands).join(" | ")} [arguments]`);
  await command(args);
  // A test run ends with the totals of the tests, which mocha times itself.
  if (!name.startsWith("test")) say(`${name}: done in ${elapsed(startedAt)}`);
} catch (error) {
  if (!(error instanceof StepFailed)) console.error(error instanceof Error ? error.message : error);
  else if (!name.startsWith("test")) say(`${name}: failed after ${elapsed(startedAt)}`);
  process.exitCode = error instanceof StepFailed ? error.exitCode : 1;
}
