import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { operations } from "../../emulator/control/controlApi";
import { actions } from "../../emulator/operations/actions";
import { classicQuery, send } from "../emulator/rawRequests";
import type { Dice } from "./dice";
import { attemptAll, type Fuzzer, type Target } from "./fuzzer";

const patienceMs = 300;
const form = "application/x-www-form-urlencoded";
const plausible: Readonly<Record<string, readonly string[]>> = {
  ClientId: ["GID_fuzz@@@1", "GID_fuzz@@@2"],
  GroupId: ["GID_fuzz", "GID_buzz"],
  IdentityType: ["USER", "CLIENT"],
  PermitAction: ["PUB", "SUB", "PUB_SUB"],
  Effect: ["ALLOW", "DENY"],
  SignMode: ["SIGNED", "ORIGIN"],
  Actions: ["R", "W", "R,W"],
  ResourceType: ["instance"],
};
const plausibleAnywhere = [
  "GID_fuzz",
  "demo/a",
  "demo/#",
  "demo",
  "1",
  "100",
  "60000",
  "1893456000000",
  "user",
  "*",
  "public",
];

/** Fuzzes the API and the control paths: bytes that are no HTTP, broken, oversized and slow requests, odd values. */
export const fuzzHttp: Fuzzer = (target, fuzzing) => {
  const { dice } = fuzzing;
  const { port } = new URL(target.endpoint);
  const signed = () => signedRequest(target, dice);
  return attemptAll(
    {
      noise: () => exchange(port, (socket) => socket.end(dice.bytes(4096))),
      broken: () => exchange(port, (socket) => socket.end(dice.mutated(signed()))),
      oversized: () => exchange(port, (socket) => socket.end(oversizedRequest(dice))),
      endless: () => exchange(port, (socket) => pour(socket, dice)),
      slow: () => exchange(port, (socket) => drip(socket, signed())),
      abandoned: () => exchange(port, (socket) => socket.write(signed(), () => socket.destroy())),
      oddValues: () => exchange(port, (socket) => socket.end(signed())),
      control: () => oddControlRequest(target, dice),
    },
    fuzzing,
  );
};

/** Opens a connection, lets `speak` use it, and waits until it is closed, or as long as patience lasts. */
async function exchange(port: string, speak: (socket: Socket) => void): Promise<void> {
  const socket = connect(Number(port), "127.0.0.1");
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  socket.resume();
  socket.once("connect", () => speak(socket));
  const timer = setTimeout(() => socket.destroy(), patienceMs);
  await closed;
  clearTimeout(timer);
}

/** A call that is signed as it should be, of any action with its parameters: some plausible, some odd, some missing. */
function signedRequest(keys: Target, dice: Dice): Buffer {
  const [Action, { parameterNames }] = dice.oneOf([...actions]);
  const parameters: Record<string, string> = { Action };
  for (const name of parameterNames) {
    if (dice.next() < 0.1) continue;
    const isInstance = name.endsWith("InstanceId") && dice.next() < 0.9;
    const isPlausible = dice.next() < 0.8;
    const value = () => (isPlausible ? dice.oneOf(plausible[name] ?? plausibleAnywhere) : dice.text(80));
    parameters[name] = isInstance ? (keys.instanceIds[0] ?? "") : value();
  }
  if (dice.next() < 0.3) parameters[dice.text(20)] = dice.text(2000);
  if (dice.next() < 0.3) parameters.Format = dice.oneOf(["JSON", "XML", dice.text(8)]);
  const method = dice.oneOf(["GET", "POST"]);
  const query = classicQuery(keys, parameters, method);
  const isBody = method === "POST" && dice.next() < 0.5;
  const body = isBody ? `Content-Type: ${form}\r\nContent-Length: ${Buffer.byteLength(query)}\r\n\r\n${query}` : "\r\n";
  return Buffer.from(
    `${method} /${isBody ? "" : `?${query}`} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${body}`,
  );
}

function oversizedRequest(dice: Dice): Buffer {
  const size = 60_000 + dice.below(1_500_000);
  const much = "x".repeat(size);
  return Buffer.from(
    dice.oneOf([
      `GET /?${much} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Much: ${much}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(size / 6)}\r\n`,
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: ${size}\r\n\r\n${much}`,
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: ${2 ** 50}\r\n\r\n${much}`,
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: ${size}\r\n\r\n${"a=&".repeat(size / 3)}`,
      `PUT /_emulator/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n${"[".repeat(size)}`,
    ]),
  );
}

/** A chunked body without an end. */
async function pour(socket: Socket, dice: Dice): Promise<void> {
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const size = 1 + dice.below(100_000);
  const chunk = `${size.toString(16)}\r\n${"x".repeat(size)}\r\n`;
  while (!socket.destroyed) {
    if (!socket.writableNeedDrain) socket.write(chunk);
    await sleep(1);
  }
}

async function drip(socket: Socket, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
    await sleep(1);
  }
}

/** Any control path with JSON that none of them takes, so that what the emulator holds stays as it is. */
async function oddControlRequest({ endpoint }: Target, dice: Dice): Promise<void> {
  const [method = "", path = ""] = dice.oneOf(Object.keys(operations)).split(" ");
  const isHarmless = method === "GET" || path === "/clock" || path === "/faults" || path === "/tls-connections";
  if (!isHarmless && path !== "/state") return;
  const body = JSON.stringify({ [`odd ${dice.text(30)}`]: dice.text(2000), now: dice.next(), action: null });
  const query = new URLSearchParams({ [dice.text(10)]: dice.text(50) });
  const request = { method: method === "DELETE" ? "PUT" : method, path: `/_emulator${path}?${query}` };
  await send(endpoint, { ...request, ...(method === "GET" ? {} : { body }) }).catch(() => {});
}
