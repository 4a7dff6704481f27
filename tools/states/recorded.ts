import { join } from "node:path";

/**
 * States that versions of this package have written, each in a folder of its own: the program, what the service held
 * at the start (`start.json`), and the exported state (`state.json`).
 */
export const statesFolder = join(__dirname, "../../test/engine/states");

/** The configuration that they were written with. Nobody listens there: a preview asks nobody. */
export const recordedConfig = {
  "apsaramq:endpoint": "http://127.0.0.1:18830",
  "apsaramq:region": "cn-hangzhou",
  "apsaramq:instanceId": "post-cn-emulator01",
} as const;

/** The project that they were written in, beside the program. */
export const recordedProject: Readonly<Record<string, string>> = {
  "Pulumi.yaml": JSON.stringify({ name: "test", runtime: { name: "nodejs", options: { typescript: false } } }),
  "package.json": JSON.stringify({ name: "test", main: "index.js" }),
};
