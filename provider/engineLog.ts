import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";
import type * as calls from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as messages from "@pulumi/pulumi/proto/engine_pb";

/** What a run tells the person in front of the engine's display. Never fails and never waits. */
export interface EngineLog {
  /**
   * How work goes on, told when it takes long and then from time to time; gone when the operation ends. A display that
   * cannot replace a line keeps each of them.
   *
   * @param begunAt when the work began, by the log's clock; left out where a line is worth it at once
   */
  progress(text: string, begunAt?: number): void;
  /** A line that stays, under Diagnostics. */
  info(text: string): void;
  /** A line of which a long run has many alike: the first ten of a topic stay, then one that says so. */
  few(topic: string, text: string): void;
}

const told = 10;
/** From what time on work takes long, and how often all work together is told. */
const usualProgressMs = 10_000;

/** A log over what shows one line. */
export function logOver(
  show: (text: string, ephemeral: boolean) => void,
  now: () => number,
  progressMs = usualProgressMs,
): EngineLog {
  const counts = new Map<string, number>();
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    progress(text, begunAt = Number.NEGATIVE_INFINITY) {
      if (now() - Math.max(begunAt, toldAt) >= progressMs) {
        toldAt = now();
        show(text, true);
      }
    },
    info: (text) => show(text, false),
    few(topic, text) {
      const count = (counts.get(topic) ?? 0) + 1;
      counts.set(topic, count);
      if (count <= told) {
        show(text, false);
      } else if (count === told + 1) {
        show(`... and more of the same: the first ${told} are shown.`, false);
      }
    },
  };
}

/** The log of the engine at a gRPC address. What the process prints itself has no place in the live display. */
export function engineLog(address: string | undefined): EngineLog {
  const now = () => performance.now();
  if (address === undefined) {
    return logOver(() => {}, now);
  }
  // Loaded where there is an engine: commands have none, and it takes longer to load than they do.
  const { LogRequest, LogSeverity }: typeof messages = require("@pulumi/pulumi/proto/engine_pb");
  let client: calls.EngineClient | undefined;
  const send = (message: string, ephemeral: boolean) => {
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    // A line that does not arrive is not worth an error.
    try {
      client ??= connect(address);
      client.log(request, () => {});
    } catch {}
  };
  return logOver(send, now);
}

function connect(address: string): calls.EngineClient {
  const { EngineClient }: typeof calls = require("@pulumi/pulumi/proto/engine_grpc_pb");
  // gRPC is a dependency of Pulumi's, not of ours: the same copy must make the client and its credentials.
  const load = createRequire(require.resolve("@pulumi/pulumi/package.json"));
  const { credentials }: typeof grpc = load("@grpc/grpc-js");
  return new EngineClient(address, credentials.createInsecure());
}
