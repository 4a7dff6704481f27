import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server of this machine that can be cut, and mended again. */
export class Way {
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Way> {
    const server = createServer();
    const way = new Way(server);
    server.on("connection", (near) => {
      if (way.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(port, "127.0.0.1");
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        way.#sockets.add(socket);
        socket.pipe(other);
        socket.on("error", () => {});
        socket.on("close", () => {
          way.#sockets.delete(socket);
          other.destroy();
        });
      }
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return way;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
