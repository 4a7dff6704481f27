import { once } from "node:events";
import { connect } from "node:net";

const statusLine = Buffer.from("HTTP/1.1 ");

/**
 * Sends requests that are ready as bytes over connections that stay open, one at a time on each, and gives the
 * milliseconds each answer took. It does as little as it can, so that what is measured is the server.
 */
export async function sendAll(endpoint: string, requests: readonly Buffer[], connections: number): Promise<number[]> {
  const port = Number(new URL(endpoint).port);
  const latencies: number[] = [];
  let next = 0;
  const run = async () => {
    const socket = connect(port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    let sentAt = 0;
    const sendNext = () => {
      const request = requests[next++];
      if (request === undefined) return socket.destroy();
      sentAt = performance.now();
      return socket.write(request);
    };
    const finished = new Promise<void>((resolve, reject) => {
      socket.on("data", (answer) => {
        // A short answer to a single request comes in one piece, or in pieces of which only the first begins like this.
        if (!answer.subarray(0, statusLine.length).equals(statusLine)) return;
        if (answer.toString("latin1", 9, 12) !== "200") return reject(new Error(answer.toString("utf8")));
        latencies.push(performance.now() - sentAt);
        sendNext();
      });
      socket.on("error", reject);
      socket.on("close", resolve);
    });
    sendNext();
    await finished.finally(() => socket.destroy());
  };
  await Promise.all(Array.from({ length: connections }, run));
  return latencies;
}
