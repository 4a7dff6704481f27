import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { generate, type IPublishPacket, type Packet } from "mqtt-packet";
import { type Broker, groupId } from "./brokers";

export type Version = 4 | 5;

/** What is sent how, and who is there. */
export interface Load {
  readonly version: Version;
  readonly qos: 0 | 1;
  readonly publishers: number;
  /** Each gets every message. */
  readonly subscribers: number;
  /** Of all publishers together. */
  readonly messages: number;
}

const topic = "demo/bench";
const payload = Buffer.alloc(100, "x");
/** Messages that are on their way at once, of all publishers together: no broker has to drop any. */
const underWay = 400;
const batch = 20;

/** Sends messages over raw sockets, ready as bytes, and gives how many a second were received. */
export async function messagesPerSecond(broker: Broker, load: Load): Promise<number> {
  const { version, qos, messages } = load;
  const receivers = await clients(broker, version, "sub", load.subscribers);
  const senders = await clients(broker, version, "pub", load.publishers);
  try {
    for (const receiver of receivers) {
      receiver.write(bytesOf({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos }] }, version));
      await once(receiver, "data");
    }
    const batches = batchesOf(load);
    const received = receivers.map(() => 0);
    let sent = 0;
    const startedAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      const sendMore = () => {
        const least = Math.min(...received);
        if (least >= messages) resolve();
        while (sent < messages && sent - least < underWay) {
          const turn = sent / batch;
          senders[turn % senders.length]?.write(batches[Math.floor(turn / senders.length) % batches.length] ?? "");
          sent += batch;
        }
      };
      for (const [index, receiver] of receivers.entries()) {
        readMessages(receiver, load, (count) => {
          received[index] = (received[index] ?? 0) + count;
          sendMore();
        });
      }
      for (const socket of [...receivers, ...senders]) {
        socket.on("close", () => reject(new Error("the broker has closed a connection")));
      }
      sendMore();
    });
    return (messages * receivers.length * 1000) / (performance.now() - startedAt);
  } finally {
    for (const socket of [...receivers, ...senders]) socket.destroy();
  }
}

/** Clients that have logged in, one after the other. */
export async function clients(broker: Broker, version: Version, name: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let index = 0; index < count; index++) {
    const clientId = `${groupId}@@@${name}-${index}`;
    const socket = connect(broker.port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    const terms = { cmd: "connect", protocolId: "MQTT", protocolVersion: version, clean: true, keepalive: 0 } as const;
    socket.write(bytesOf({ ...terms, clientId, ...broker.login(clientId) }, version));
    await once(socket, "data");
    sockets.push(socket);
  }
  return sockets;
}

function bytesOf(packet: Packet, protocolVersion: Version): Buffer {
  return generate(packet, { protocolVersion });
}

/** With so many packet ids that none is used again while it is under way. */
function batchesOf({ version, qos }: Load): Buffer[] {
  const publish: IPublishPacket = { cmd: "publish", topic, payload, qos, dup: false, retain: false };
  const packet = (messageId: number) => bytesOf({ ...publish, ...(qos > 0 && { messageId }) }, version);
  return Array.from({ length: (10 * underWay) / batch }, (_, turn) =>
    Buffer.concat(Array.from({ length: batch }, (_, index) => packet(1 + turn * batch + index))),
  );
}

/** Counts messages, all of which are of the same length, and answers for them. */
function readMessages(socket: Socket, { version, qos }: Load, tell: (count: number) => void): void {
  const message = { cmd: "publish", topic, payload, qos, dup: false, retain: false, messageId: 1 } as const;
  const { length } = bytesOf(message, version);
  // The id stands behind one byte of the kind, one or two of the length, and the topic with its length.
  const idAt = 2 + (length > 129 ? 1 : 0) + 2 + topic.length;
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const count = Math.floor(all.length / length);
    if (qos > 0) {
      const answers = Buffer.alloc(4 * count, Buffer.from([0x40, 2, 0, 0]));
      for (let index = 0; index < count; index++) {
        all.copy(answers, 4 * index + 2, index * length + idAt, index * length + idAt + 2);
      }
      socket.write(answers);
    }
    rest = all.subarray(count * length);
    tell(count);
  });
}
