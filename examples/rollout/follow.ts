import { type Queue, QueueEvents } from "bullmq";
import { connection, isOverBudget, type Progress } from "./queue";

/** Begins a rollout and prints what becomes of it, until nothing is left of it or too much has failed. */
export async function follow(queue: Queue, begin: () => Promise<void>): Promise<void> {
  const events = new QueueEvents(queue.name, { connection });
  events.on("progress", ({ jobId, data }) => {
    const { worker, text } = data as Progress;
    console.log(`${jobId}, by ${worker}: ${text}`);
  });
  events.on("stalled", ({ jobId }) => console.log(`${jobId}: its worker is lost, another takes over`));
  events.on("completed", ({ jobId }) => console.log(`${jobId}: done`));
  events.on("failed", ({ jobId, failedReason }) => console.log(`${jobId}: failed: ${failedReason}`));
  await events.waitUntilReady();
  await begin();
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      isOver(queue).then((over) => over && resolve(), reject);
    };
    events.on("completed", look);
    events.on("failed", look);
    events.on("waiting", look);
    look();
  });
  await events.close();
}

async function isOver(queue: Queue): Promise<boolean> {
  const { active = 0, completed = 0, failed = 0, ...waiting } = await queue.getJobCounts();
  const isEmpty = Object.values(waiting).every((count) => count === 0);
  return active === 0 && (isEmpty || (await isOverBudget(queue)));
}
