import { connect } from "node:net";

const reconnectMs = 1_000;

/**
 * Ends this process soon after the engine at a gRPC address is gone. A CLI that was killed cannot end its provider
 * processes; they would stay for good, with the operator's keys, and go on writing what nobody records.
 */
export function endWithEngine(
  address: string,
  end: () => void = () => process.exit(1),
  later: (watch: () => void) => void = (watch) => setTimeout(watch, reconnectMs).unref(),
): void {
  const { hostname, port } = new URL(`tcp://${address}`);
  const watch = () => {
    const socket = connect(Number(port), hostname);
    socket.unref();
    socket.resume();
    let refused = false;
    socket.once("error", (error: NodeJS.ErrnoException) => {
      refused = error.code === "ECONNREFUSED";
    });
    // The engine's server hangs up on a silent connection after a while; only a refused one means that it is gone.
    socket.once("close", () => (refused ? end() : later(watch)));
  };
  watch();
}
