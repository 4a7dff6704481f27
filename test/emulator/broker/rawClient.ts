import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { generate, type IConnectPacket, type IPublishPacket, type Packet, parser } from "mqtt-packet";
import { deviceLogin } from "./devices";

type Cmd = Packet["cmd"];
type PacketOf<C extends Cmd> = Extract<Packet, { cmd: C }>;

/** A client that says what it is told to, and keeps what it is answered. */
export class RawClient {
  readonly #socket: Socket;
  readonly #version: 3 | 4 | 5;
  #received: Packet[] = [];
  #wake: () => void = () => {};
  #isClosed = false;

  private constructor(socket: Socket, version: 3 | 4 | 5) {
    this.#socket = socket;
    this.#version = version;
    const reader = parser({ protocolVersion: version }).on("packet", (packet) => {
      this.#received.push(packet);
      this.#wake();
    });
    socket.on("data", (bytes) => reader.parse(bytes));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  static async open(url: string, version: 3 | 4 | 5 = 5): Promise<RawClient> {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await once(socket, "connect");
    return new RawClient(socket, version);
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  send(packet: Packet): void {
    this.write(generate(packet, { protocolVersion: this.#version }));
  }

  publish(packet: Partial<IPublishPacket>): void {
    const defaults = { cmd: "publish", topic: "demo/a", payload: "x", qos: 0, dup: false, retain: false } as const;
    this.send({ ...defaults, ...packet });
  }

  /** Packets of a kind, in order, each once. Fails when the connection ends before. */
  async next<C extends Cmd>(cmd: C): Promise<PacketOf<C>> {
    for (;;) {
      const index = this.#received.findIndex((packet) => packet.cmd === cmd);
      const [packet] = index < 0 ? [] : this.#received.splice(index, 1);
      if (packet !== undefined) return packet as PacketOf<C>;
      if (this.#isClosed) throw new Error(`the connection was closed without ${cmd}`);
      await this.#change();
    }
  }

  /** Everything that was received and not yet asked for, once all that was sent so far is answered. */
  async settled(): Promise<Packet[]> {
    this.send({ cmd: "pingreq" });
    await this.next("pingresp");
    return this.#received.splice(0);
  }

  async closed(): Promise<void> {
    while (!this.#isClosed) await this.#change();
  }

  /** Takes nothing more from the network. */
  stopReading(): void {
    this.#socket.pause();
  }

  readAgain(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Clients of a test, gone when it ends. */
export class RawClients {
  #clients: RawClient[] = [];

  constructor() {
    afterEach(() => {
      for (const client of this.#clients) client.destroy();
      this.#clients = [];
    });
  }

  async open(url: string, version: 3 | 4 | 5 = 5): Promise<RawClient> {
    const client = await RawClient.open(url, version);
    this.#clients.push(client);
    return client;
  }

  /** Logs a device in. */
  async connect(url: string, clientId: string, options: Partial<IConnectPacket> = {}) {
    const version = options.protocolVersion ?? 5;
    const client = await this.open(url, version);
    client.send(connectPacket(clientId, options));
    return { client, connack: await client.next("connack") };
  }
}

/** The CONNECT of a device. */
export function connectPacket(clientId: string, options: Partial<IConnectPacket> = {}): IConnectPacket {
  const { username, password } = deviceLogin(clientId);
  return {
    ...{ cmd: "connect", protocolId: "MQTT", protocolVersion: 5, clean: true, keepalive: 60, clientId },
    ...(username === undefined ? {} : { username }),
    password: Buffer.from(String(password)),
    ...options,
  };
}
