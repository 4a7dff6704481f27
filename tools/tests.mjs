// Which tests the npm scripts run, and how: several files at a time, those that take longest first.
import { availableParallelism } from "node:os";
import { relative, sep } from "node:path";
import { parseArgs } from "node:util";
import { node, root } from "./terminal.mjs";

/** Where the tests are that need an engine, a browser or time. */
const slowFolders = ["test/engine/", "test/emulator/page/", "test/emulator/fuzz/"];

/** What takes longest is started first, so that at the end neither job waits long for the other. */
const longestFirst = ["test/engine/", "test/faults/", "test/emulator/page/", "test/emulator/fuzz/"];

/** One more than processors, as stacks that are stopped or throttled wait most of their time. */
const jobs = availableParallelism() + 1;

/** mocha's options that take a value: what follows one of them is no path. */
const valued = /** @type {const} */ ({
  fgrep: { type: "string", short: "f" },
  grep: { type: "string", short: "g" },
  ignore: { type: "string" },
  jobs: { type: "string", short: "j" },
  reporter: { type: "string", short: "R" },
  "reporter-option": { type: "string", short: "O" },
  require: { type: "string", short: "r" },
  retries: { type: "string" },
  slow: { type: "string", short: "s" },
  timeout: { type: "string", short: "t" },
});

/**
 * Tells paths from mocha's flags.
 * @param {string[]} args
 */
export function splitArguments(args) {
  const { tokens } = parseArgs({ args, options: valued, strict: false, allowPositionals: true, tokens: true });
  const positions = new Set(tokens.flatMap(({ kind, index }) => (kind === "positional" ? [index] : [])));
  return {
    paths: args.filter((_, index) => positions.has(index)),
    flags: args.filter((_, index) => !positions.has(index)),
  };
}

/**
 * The test files that these files, folders and globs stand for, seen from the repository's root; all of them when
 * there is no path. A path without any is an error.
 * @param {string[]} paths
 */
export async function findTests(paths) {
  // Loaded here only: it may not be installed before.
  const { default: ts } = await import("typescript");
  const files = (paths.length > 0 ? paths : ["test"]).flatMap((path) => {
    const found = ts.sys.readDirectory(root, [".test.ts"], undefined, [path]);
    if (found.length === 0) throw new Error(`No test matches ${path}.`);
    return found.map((file) => relative(root, file).replaceAll(sep, "/"));
  });
  return [...new Set(files)].sort((one, other) => rank(one) - rank(other));
}

/** @param {string} file */
function rank(file) {
  const place = longestFirst.findIndex((folder) => file.startsWith(folder));
  return place < 0 ? longestFirst.length : place;
}

/**
 * The same of the tests that are fast.
 * @param {string[]} paths
 */
export async function findFastTests(paths) {
  const files = (await findTests(paths)).filter((file) => !slowFolders.some((folder) => file.startsWith(folder)));
  if (files.length === 0)
    throw new Error(`No fast test matches ${paths.join(" ")}: \`npm test -- <path>\` runs the slow ones.`);
  return files;
}

/** @param {string} file */
export function needsEngine(file) {
  return file.startsWith("test/engine/");
}

/**
 * @param {string[]} files
 * @param {string[]} flags of mocha
 */
export async function runTests(files, flags) {
  // A busy machine makes a test slow, not wrong: only one that hangs should fail by the clock.
  const options = ["--reporter", "tools/mochaReporter.mjs", "--timeout", "20000"];
  // A single file shows each test as it ends, which mocha does not do side by side.
  const sideBySide = files.length > 1 ? ["--parallel", "--jobs", String(jobs)] : [];
  await node("--import", "tsx", "node_modules/mocha/bin/mocha.js", ...options, ...sideBySide, ...flags, ...files);
}
