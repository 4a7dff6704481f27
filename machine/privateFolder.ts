import { accessSync, constants, lstatSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { digest } from "./digest";

/**
 * A folder that no other user can write to, or one of this name within it, made when it is not there; undefined where
 * there can be none: then each process is on its own. Never throws.
 */
export function privateFolder(parent: string, name = ""): string | undefined {
  const user = process.getuid?.();
  // With the host's name: containers may share the folder, and their process ids mean nothing to each other.
  const folder = join(parent, `pulumi-apsaramq-mqtt-${user ?? "user"}-${digest(hostname()).slice(0, 8)}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const { uid, mode } = lstatSync(folder);
    if (user !== undefined && (uid !== user || (mode & 0o077) !== 0)) {
      return undefined;
    }
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    return join(folder, name);
  } catch {
    return undefined;
  }
}
