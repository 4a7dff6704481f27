import { createHmac } from "node:crypto";
import { connect, type Socket } from "node:net";
import { generate, type Packet } from "mqtt-packet";
import { Control } from "../emulator/control";
import type { Dice } from "./dice";
import { attemptAll, type Fuzzer, type Target } from "./fuzzer";

const patienceMs = 300;
const groupId = "GID_survivors";
const devices = 4;

/** Fuzzes the broker: bytes that are no MQTT, broken and endless packets before and after a login, broken WebSockets. */
export const fuzzMqtt: Fuzzer = async (target, fuzzing) => {
  const { dice } = fuzzing;
  const [mqtt, mqtts, ws] = [target.mqtt, target.mqtts, target.ws].map((url) => new URL(url).port);
  const loggedIn = (speak: (socket: Socket, version: Version) => void) => {
    const version = dice.oneOf([4, 5] as const);
    return exchange(mqtt, (socket) => {
      socket.write(login(target, dice, version));
      speak(socket, version);
    });
  };
  const counts = await attemptAll(
    {
      noise: () => exchange(dice.oneOf([mqtt, mqtts, ws]), (socket) => socket.end(dice.bytes(4096))),
      brokenLogin: () => exchange(mqtt, (socket) => socket.end(dice.mutated(login(target, dice, 4)))),
      brokenWebSocket: () => exchange(ws, (socket) => socket.write(upgrade, () => socket.end(dice.bytes(512)))),
      conversation: () => loggedIn((socket, version) => socket.end(packets(dice, version))),
      brokenConversation: () => loggedIn((socket, version) => socket.end(dice.mutated(packets(dice, version)))),
      noiseAfterLogin: () => loggedIn((socket) => socket.end(dice.bytes(1024))),
      oversized: () => loggedIn((socket) => socket.end(Buffer.concat([endlessPublish, Buffer.alloc(512 * 1024)]))),
      abandoned: () => loggedIn((socket, version) => socket.write(packets(dice, version), () => socket.destroy())),
    },
    fuzzing,
  );
  await allGone(target);
  return counts;
};

/** The broker may still be reading what clients have left behind. */
async function allGone({ endpoint }: Target): Promise<void> {
  const control = new Control(endpoint);
  let isQuiet = false;
  while (!isQuiet) isQuiet = (await control.health()).counts.connections === 0;
}

type Version = 4 | 5;

/** Announces the longest packet there can be. */
const endlessPublish = Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]);

const upgrade = [
  ...["GET /mqtt HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket"],
  ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""],
].join("\r\n");

/** Opens a connection, lets `speak` use it, and waits until it is closed, or as long as patience lasts. */
async function exchange(port: string | undefined, speak: (socket: Socket) => void): Promise<void> {
  const socket = connect(Number(port), "127.0.0.1");
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  socket.resume();
  socket.once("connect", () => speak(socket));
  const timer = setTimeout(() => socket.destroy(), patienceMs);
  await closed;
  clearTimeout(timer);
}

/** A login by signature that is as it should be, of one of a few devices, so that they get into each other's way. */
function login({ accessKeyId, accessKeySecret, instanceIds }: Target, dice: Dice, protocolVersion: Version): Buffer {
  const clientId = `${groupId}@@@fuzzed-${dice.below(devices)}`;
  const will = { topic: "demo/will", payload: Buffer.from("will"), qos: 1, retain: false } as const;
  return generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion,
    clientId,
    clean: true,
    keepalive: dice.below(60),
    username: `Signature|${accessKeyId}|${instanceIds[0]}`,
    password: Buffer.from(createHmac("sha1", accessKeySecret).update(clientId).digest("base64")),
    ...(dice.next() < 0.3 ? { will } : {}),
  });
}

/** A few packets that are as they should be, in any order. */
function packets(dice: Dice, protocolVersion: Version): Buffer {
  const one = () => generate(packet(dice), { protocolVersion });
  return Buffer.concat(Array.from({ length: 1 + dice.below(12) }, one));
}

function packet(dice: Dice): Packet {
  const messageId = 1 + dice.below(8);
  const topics = ["demo/a", "alerts/b", "demo/p2p/GID_survivors@@@fuzzed-1", "$SYS/uploadToken", "unknown", "demo/ü"];
  const message = { topic: dice.oneOf(topics), payload: dice.text(200), dup: dice.next() < 0.1 };
  return dice.oneOf<Packet>([
    { cmd: "publish", ...message, qos: dice.oneOf([0, 1, 2] as const), retain: dice.next() < 0.2, messageId },
    { cmd: "subscribe", subscriptions: [{ topic: dice.oneOf(["demo/#", "alerts/+", "#"]), qos: 2 }], messageId },
    { cmd: "unsubscribe", unsubscriptions: ["demo/#", "never"], messageId },
    { cmd: dice.oneOf(["puback", "pubrec", "pubrel", "pubcomp"] as const), messageId },
    { cmd: "pingreq" },
    { cmd: "disconnect" },
  ]);
}
