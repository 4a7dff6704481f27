import { readFileSync } from "node:fs";

/** The version of this package. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(require.resolve("pulumi-apsaramq-mqtt/package.json"), "utf8"),
  );
  return manifest.version;
}
