import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Frames } from "./frames";
import { type House, Translation } from "./translation";

/** A port for clients that know nothing of the service, which leads to its broker. */
export interface Adapter {
  readonly port: number;
  close(): Promise<void>;
}

/** @param broker `mqtt://127.0.0.1:<port>` */
export async function startAdapter(broker: string, house: House): Promise<Adapter> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const service = connect(Number(new URL(broker).port), "127.0.0.1");
    const translation = new Translation(house);
    pass(client, service, (packet) => translation.toService(packet));
    pass(service, client, (packet) => translation.toClient(packet));
    for (const socket of [client, service]) {
      sockets.add(socket.setNoDelay());
      socket.on("close", () => sockets.delete(socket));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The end of one side, orderly or not, is the end of the other, which gets all that was said before. */
function pass(from: Socket, to: Socket, translate: (packet: Buffer) => Buffer): void {
  const frames = new Frames();
  from.on("data", (bytes) => {
    for (const packet of frames.push(bytes)) to.write(translate(packet));
  });
  from.on("end", () => to.end());
  // An error is followed by a close.
  from.on("error", () => {});
  from.on("close", () => to.end());
}
