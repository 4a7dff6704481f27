import { once } from "node:events";

/** Writes to stdout, to the end: a pipe takes only so much at a time. That nobody reads it any more is no failure. */
export async function print(text: string): Promise<void> {
  const { stdout } = process;
  stdout.on("error", () => {});
  if (!stdout.write(text)) {
    await once(stdout, "drain").catch(() => {});
  }
}
