import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Systems give ports from 32,768 or higher to whoever connects: one of those may be gone before it is listened on. */
const [first, end] = [20_000, 32_768];

/** A port of loopback for a program that cannot choose one by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, end);
    const server = createServer();
    const isFree = once(server.listen(port, "127.0.0.1"), "listening").then(
      () => true,
      () => false,
    );
    if (await isFree) {
      server.close();
      await once(server, "close");
      return port;
    }
  }
}
