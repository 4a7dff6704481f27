import { join } from "node:path";
import { Stack, type StackOptions } from "../../tools/stack/stack";

export type { CommandResult } from "../../tools/commandResult";
export * from "../../tools/stack/stack";

/** A single test runs several operations of the CLI, of one to three seconds each. */
const timeoutMs = 120_000;

const living = new Set<Stack>();
process.once("exit", () => {
  for (const stack of living) stack.abandon();
});
// At Ctrl-C mocha ends a process that runs one of several files without its hooks, but lets it exit by itself.
process.on("SIGINT", () => {});

/**
 * A mocha suite whose tests run stacks on the real engine. `newStack` makes one, in a hook or in a test; all are
 * disposed of at the end of the suite, and when a test fails the output of its stacks is shown.
 */
export function describeEngine(title: string, body: (newStack: (options: StackOptions) => Promise<Stack>) => void) {
  describe(title, function () {
    this.timeout(timeoutMs);
    const stacks: Stack[] = [];
    afterEach(function () {
      if (this.currentTest?.state === "failed") for (const { transcript } of stacks) console.error(transcript);
    });
    after(async () => {
      await Promise.all(stacks.map((stack) => stack.dispose()));
      for (const stack of stacks) living.delete(stack);
    });
    body(async (options) => {
      const stack = await Stack.create(options.program === undefined ? options : quick(options));
      stacks.push(stack);
      living.add(stack);
      return stack;
    });
  });
}

/** A program that a test writes is plain JavaScript and serialises nothing. Projects run as they do for their users. */
function quick(options: StackOptions): StackOptions {
  const preload = join(__dirname, "../../tools/stack/lazyLibraries.cjs");
  return { ...options, env: { NODE_OPTIONS: `--require ${JSON.stringify(preload)}`, ...options.env } };
}
