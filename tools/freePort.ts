import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Systems give ports from 32,768 or higher to whoever connects: one of those may be gone before it is listened on. */
const [lowest, end] = [20_000, 32_768];

/** A port of loopback for a program that cannot choose one by itself. */
export function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first of so many such ports in a row. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(lowest, end - count);
    const servers = Array.from({ length: count }, (_, index) => createServer().listen(first + index, "127.0.0.1"));
    const areFree = await Promise.all(servers.map(listens));
    await Promise.all(servers.filter((_, index) => areFree[index]).map((server) => once(server.close(), "close")));
    if (areFree.every(Boolean)) {
      return first;
    }
  }
}

function listens(server: Server): Promise<boolean> {
  return once(server, "listening").then(
    () => true,
    () => false,
  );
}
