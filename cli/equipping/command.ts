import { resolve } from "node:path";
import { counted } from "../../kinds/words";
import type { GivenConnection } from "../../kits/connection";
import { folderName } from "../../kits/folderName";
import { kitFiles } from "../../kits/kit";
import { print } from "../print";
import { progressLog } from "../progressLog";
import { writeFolders } from "./folders";
import { connectionsOf, readLogins } from "./logins";

/** The options of the command. */
export interface KitOptions extends Omit<GivenConnection, "login"> {
  readonly out: string;
  readonly force: boolean;
}

/** Writes a kit for each login. */
export async function kit(source: string, { out, force, ...broker }: KitOptions): Promise<void> {
  const log = progressLog(process.stderr, () => performance.now());
  try {
    const connections = connectionsOf(await readLogins(source), broker);
    const folders = connections.map((connection) => {
      const name = folderName(connection.login.clientId);
      return { name, files: () => kitFiles(connection, resolve(out, name, "ca.pem")) };
    });
    await writeFolders(out, folders, force, log);
    log.end();
    await print(`${counted(folders.length, "kit")} in ${out}\n`);
  } finally {
    log.end();
  }
}
