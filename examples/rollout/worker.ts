import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { WaitingError, Worker } from "bullmq";
import { apply } from "./apply";
import { type Counts, connection, isOverBudget, type Progress, queueOf, type StackJob } from "./queue";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    concurrency: { type: "string", default: "2" },
    "lost-after": { type: "string", default: "30" },
    grace: { type: "string", default: "180" },
  },
});
const [rollout] = positionals;
if (rollout === undefined) {
  console.error("Usage: worker.ts <rollout> [--concurrency <jobs>] [--lost-after <seconds>] [--grace <seconds>]");
  process.exit(2);
}
const lostAfterMs = Number(values["lost-after"]) * 1_000;
const graceMs = Number(values.grace) * 1_000;

const name = `${hostname()}/${process.pid}`;
const queue = queueOf(rollout);
const worker = new Worker<StackJob, Counts>(
  rollout,
  async (job, token) => {
    const { stack } = job.data;
    if (await isOverBudget(queue)) {
      await queue.pause();
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const tell = (text: string) => job.updateProgress({ worker: name, text } satisfies Progress);
    await tell("begun");
    try {
      return await apply(stack, rollout, { isTakenOver: job.stalledCounter > 0, graceMs, onProgress: tell });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      console.error(`${stack}: ${text.trimEnd()}`);
      // What is in Redis is read by more people than the log of a worker: one line of it.
      throw new Error(/^error: (?:\d+ errors? occurred:\s+\* )?(.*)$/m.exec(text)?.[1] ?? text.split("\n", 1)[0]);
    }
  },
  {
    connection,
    name,
    concurrency: Number(values.concurrency),
    lockDuration: lostAfterMs,
    stalledInterval: lostAfterMs,
    maxStalledCount: 3,
  },
);
worker.on("error", (error) => console.error(error.message));
console.log(`${name} works on ${rollout}`);

for (const signal of ["SIGTERM", "SIGINT"]) {
  // Without a listener that stays, the library that starts Pulumi's command ends both.
  process.on(signal, async () => {
    console.log(`${name} ends after what it has begun`);
    await worker.close();
    await queue.close();
    connection.disconnect();
  });
}
