import { parseArgs } from "node:util";
import { follow } from "./follow";
import { type Counts, connection, queueOf, type StackQueue, setBudget } from "./queue";
import { stacks } from "./stacks";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "at-once": { type: "string", default: "6" },
    "may-fail": { type: "string", default: "0" },
  },
});
const names = Object.keys(stacks);

/** Adds what the queue does not have yet; what has failed gets another try. */
async function begin(queue: StackQueue): Promise<void> {
  await queue.pause();
  await setBudget(queue, Number(values["may-fail"]));
  await queue.setGlobalConcurrency(Number(values["at-once"]));
  for (const job of await queue.getFailed()) {
    await job.retry();
  }
  await queue.addBulk(names.map((stack) => ({ name: "apply", data: { stack }, opts: { jobId: stack } })));
  await queue.resume();
}

/** Prints a line for each stack, and gives how many are not done. */
async function summarise(queue: StackQueue): Promise<number> {
  const width = Math.max(...names.map((name) => name.length));
  let left = 0;
  for (const name of names) {
    const job = await queue.getJob(name);
    const state = await job?.getState();
    left += state === "completed" ? 0 : 1;
    console.log(`${name.padEnd(width)}  ${inWords(state, job?.failedReason, job?.returnvalue)}`);
  }
  console.log(`${names.length - left} of ${names.length} stacks are done`);
  return left;
}

function inWords(state: string | undefined, reason: string | undefined, counts: Counts | null | undefined): string {
  switch (state) {
    case "completed":
      return `done: ${Object.entries(counts ?? {})
        .map(([operation, count]) => `${count} ${operation}`)
        .join(", ")}`;
    case "failed":
      return `failed: ${reason}`;
    default:
      return "not begun";
  }
}

async function main(rollout: string): Promise<number> {
  const queue = queueOf(rollout);
  await follow(queue, () => begin(queue));
  const left = await summarise(queue);
  await queue.close();
  connection.disconnect();
  return left === 0 ? 0 : 1;
}

const [rollout] = positionals;
if (rollout === undefined) {
  console.error("Usage: rollout.ts <rollout> [--at-once <stacks>] [--may-fail <stacks>]");
  process.exit(2);
} else {
  main(rollout).then((code) => {
    process.exitCode = code;
  });
}
