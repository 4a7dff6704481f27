import { Duplex } from "node:stream";
import type { DeviceActionInfo } from "../state/traces";
import { endWith } from "./lastWords";

/** How the bytes of a client and those of the broker library become each other. Throws for what is no MQTT. */
export interface Dialect {
  fromClient(bytes: Buffer): Buffer;
  toClient(bytes: Buffer): Buffer;
  /** Whether a DISCONNECT was among the bytes of the client. */
  readonly hasDisconnected: boolean;
  /** What a client is told before its connection is cut, if anything. */
  farewell(info: DeviceActionInfo): Buffer | undefined;
}

/** A client's connection as the broker library reads and writes it, beginning with the CONNECT packet. */
export class PacketStream extends Duplex {
  readonly #socket: Duplex;
  readonly #dialect: Dialect;

  constructor(socket: Duplex, dialect: Dialect, connect: Buffer) {
    super();
    this.#socket = socket;
    this.#dialect = dialect;
    this.push(connect);
    // For the time before the library listens.
    this.on("error", () => {});
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("end", () => this.push(null));
    socket.on("close", () => this.destroy());
  }

  /** Whether the client has said that it leaves. */
  get hasDisconnected(): boolean {
    return this.#dialect.hasDisconnected;
  }

  #receive(bytes: Buffer): void {
    try {
      if (!this.push(this.#dialect.fromClient(bytes))) this.#socket.pause();
    } catch (error) {
      this.destroy(error instanceof Error ? error : undefined);
    }
  }

  /** Cuts the connection. */
  cut(info: DeviceActionInfo): void {
    const farewell = this.#dialect.farewell(info);
    if (farewell !== undefined && !this.destroyed) endWith(this.#socket, farewell);
    this.destroy();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(this.#dialect.toClient(bytes), done);
  }

  /** A packet is written in many small pieces. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(this.#dialect.toClient(Buffer.concat(chunks.map(({ chunk }) => chunk))), done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#socket.writableEnded) this.#socket.destroy();
    done(error);
  }
}
