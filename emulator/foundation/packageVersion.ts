import { readFileSync } from "node:fs";

/** The version of this package, from its manifest, wherever it was compiled to. */
export function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(require.resolve("apsaramq-mqtt-emulator/package.json"), "utf8"),
  );
  return manifest.version;
}
