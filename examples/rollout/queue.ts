import { Queue } from "bullmq";
import { Redis } from "ioredis";

export const redisUrl = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
/** Waits for a Redis that is away. */
export const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });

/** What a job carries: all else is on the machine of the worker. */
export interface StackJob {
  readonly stack: string;
}

/** What has become of the resources of a stack, such as `{ update: 2, same: 1 }`. */
export type Counts = Readonly<Record<string, number>>;

/** How far a worker has come with a stack. */
export interface Progress {
  readonly worker: string;
  readonly text: string;
}

export type StackQueue = Queue<StackJob, Counts>;

/** Each rollout has a queue of its own, so that a pause stops no other. */
export function queueOf(rollout: string): StackQueue {
  return new Queue(rollout, { connection });
}

const budgetOf = (queue: Queue) => `rollout:${queue.name}:may-fail`;

/** Says how many stacks may fail before no other is begun. */
export async function setBudget(queue: Queue, stacks: number): Promise<void> {
  await connection.set(budgetOf(queue), stacks);
}

/** Whether more stacks have failed than may. Redis knows of each before its worker takes another. */
export async function isOverBudget(queue: Queue): Promise<boolean> {
  return (await queue.getFailedCount()) > Number(await connection.get(budgetOf(queue)));
}
