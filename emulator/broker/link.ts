import type { Duplex } from "node:stream";
import { endWith } from "./lastWords";
import { decodePacket } from "./mqtt/decode";
import { encodePacket } from "./mqtt/encode";
import { Framer } from "./mqtt/framer";
import type { ClientPacket, ProtocolVersion, ServerPacket } from "./mqtt/packets";
import { ProtocolError } from "./mqtt/reasonCodes";

/** What a client has not taken yet may be so much; more of it has to wait, or is dropped. */
const maxUnsentBytes = 1024 * 1024;

const nothing = Buffer.alloc(0);

/** Who is told what becomes of a connection. */
export interface LinkOwner {
  receive(packet: ClientPacket): void;
  /** The client sent what it must not; the connection is still there. */
  reject(error: ProtocolError): void;
  /** What the client was sent has reached it. */
  drained(): void;
  /** The connection is gone. Told once, and also when this side has ended it. */
  lost(): void;
}

/** A client's connection after its CONNECT, packet by packet. */
export class Link {
  readonly version: ProtocolVersion;
  readonly #socket: Duplex;
  readonly #framer = new Framer();
  #owner: LinkOwner | undefined;
  #isCorked = false;
  #flushes = 0;
  #isOver = false;

  constructor(socket: Duplex, version: ProtocolVersion) {
    this.#socket = socket;
    this.version = version;
  }

  /** From now on its owner is told. */
  start(owner: LinkOwner): void {
    this.#owner = owner;
    this.#socket
      .on("data", (bytes: Buffer) => this.#receive(bytes))
      .on("drain", () => {
        this.#socket.resume();
        owner.drained();
      })
      .on("end", () => this.#lose())
      .on("close", () => this.#lose());
  }

  get isOver(): boolean {
    return this.#isOver || this.#socket.destroyed;
  }

  /** Whether the client has not taken what it was sent for so long that nothing more can be sent. */
  get isStalled(): boolean {
    return this.#socket.writableLength > maxUnsentBytes;
  }

  /** Grows whenever the client has taken some of what it was sent. */
  get progress(): number {
    return this.#flushes;
  }

  /** @returns false when it is larger than what the client takes, and was not sent */
  send(packet: ServerPacket, maxBytes = Number.POSITIVE_INFINITY): boolean {
    const bytes = encodePacket(packet, this.version);
    if (bytes.length > maxBytes) return false;
    if (!this.isOver) this.#write(bytes);
    return true;
  }

  /** Ends the connection, with last words if there are any. */
  end(lastWords?: ServerPacket): void {
    if (this.isOver) return;
    if (this.isStalled) this.#socket.destroy();
    else endWith(this.#socket, lastWords === undefined ? nothing : encodePacket(lastWords, this.version));
    this.#lose();
  }

  /** Breaks the connection. */
  abort(): void {
    this.#socket.destroy();
    this.#lose();
  }

  #receive(bytes: Buffer): void {
    try {
      this.#framer.push(bytes);
      for (let frame = this.#framer.next(); frame !== undefined; frame = this.#framer.next()) {
        this.#owner?.receive(decodePacket(frame, this.version));
        if (this.#isOver) return;
      }
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#owner?.reject(error);
      } else {
        // A mistake of the emulator, which is not to take the other clients along.
        console.error(error);
        this.abort();
      }
    }
    // Who does not read its answers gets no more of them.
    if (this.isStalled) this.#socket.pause();
  }

  /** What is sent within one turn goes out together. */
  #write(bytes: Buffer): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes, this.#onFlush);
  }

  readonly #onFlush = (): void => {
    this.#flushes++;
  };

  #lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // A client that has closed its side is sent nothing more.
    if (!this.#socket.writableEnded) this.#socket.end();
    this.#owner?.lost();
  }
}
