import { setTimeout } from "node:timers/promises";
import { ConcurrentUpdateError, type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { programOf } from "./program";
import { type Counts, redisUrl } from "./queue";
import { stacks } from "./stacks";

export interface ApplyOptions {
  /** Whether a worker that is lost has begun it. */
  readonly isTakenOver: boolean;
  /** How long a lock is waited for until it counts as left behind. */
  readonly graceMs: number;
  /** Told each line that the provider tells while it is at work, such as how many devices are done. */
  readonly onProgress: (text: string) => void;
}

/** Brings a stack to what a rollout wants. */
export async function apply(name: string, rollout: string, options: ApplyOptions): Promise<Counts> {
  const { isTakenOver, graceMs, onProgress } = options;
  const devices = stacks[name];
  if (devices === undefined) {
    throw new Error(`stacks.json of this worker has no ${name}`);
  }
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: "rollout", program: programOf(devices, rollout, isTakenOver) },
    {
      // Its processes load the provider's package from here.
      workDir: __dirname,
      envVars: {
        APSARAMQ_LIMITER_URL: process.env.APSARAMQ_LIMITER_URL ?? redisUrl,
        // What a lost worker has rotated may be missing in state.
        APSARAMQ_VERIFY_SECRETS: String(isTakenOver),
      },
    },
  );
  if (isTakenOver) {
    await takeOver(stack, graceMs);
  }
  let counts: Counts = {};
  const errors: string[] = [];
  const onEvent = ({ diagnosticEvent, summaryEvent }: EngineEvent) => {
    if (diagnosticEvent?.severity === "info") {
      onProgress(diagnosticEvent.message.trimEnd());
    }
    if (diagnosticEvent?.severity === "error") {
      errors.push(diagnosticEvent.message);
    }
    counts = summaryEvent?.resourceChanges ?? counts;
  };
  try {
    await stack.up({ parallel: 8, color: "never", onEvent });
  } catch (error) {
    // Its own message is all that the command has printed.
    throw errors.length > 0 ? new Error(errors[0]) : error;
  }
  return counts;
}

/** As the guide on recovery has it: lifts the lock, and brings state up to what the service has. */
async function takeOver(stack: Stack, graceMs: number): Promise<void> {
  const graceEnds = Date.now() + graceMs;
  for (;;) {
    try {
      await stack.refresh({ clearPendingCreates: true, color: "never" });
      return;
    } catch (error) {
      if (!(error instanceof ConcurrentUpdateError)) {
        throw error;
      }
    }
    // A worker that Redis has not heard of for a while may be at work still.
    if (Date.now() >= graceEnds) {
      await stack.cancel();
    } else {
      await setTimeout(1_000);
    }
  }
}
