// An emulator that tells, whenever it is asked, how much memory is really in use: all garbage is collected first.
const { startEmulator } = require("apsaramq-mqtt-emulator");

/** @type {import("apsaramq-mqtt-emulator").Seed} */
const seed = JSON.parse(process.argv[2] ?? "{}");

startEmulator({ quotas: false, seed }).then(({ mqtt }) => process.send?.(mqtt));
process.on("message", () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
