import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { generate } from "mqtt-packet";
import { classicQuery, send } from "../../tools/emulator/rawRequests";
import { clientId, otherClientId, seed } from "./broker/devices";
import { RawClients } from "./broker/rawClient";
import { EmulatorFixture } from "./harness";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const large = "x".repeat(100_000);
const requests = 20;

/** Bytes in use, when what connections leave behind is gone. */
async function usage(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe("the memory that requests leave behind", () => {
  const fixture = new EmulatorFixture({ quotas: false });

  /** Bytes that are kept, per request. */
  const keptBy = async (request: (index: number) => Promise<unknown>) => {
    for (let index = -3; index <= 0; index++) await request(index);
    const before = await usage();
    for (let index = 1; index <= requests; index++) await request(index);
    return ((await usage()) - before) / requests;
  };
  const post = (body: string) =>
    send(fixture.emulator.endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body,
    });

  const kinds: Readonly<Record<string, (index: number) => Promise<unknown>>> = {
    "whose action is very long": (index) => post(`Action=${index}${large}&Version=2020-04-20`),
    "whose object is very long": (index) =>
      post(`Action=DeleteGroupId&Version=2020-04-20&InstanceId=${index}${large}&GroupId=${index}`),
    "that are signed, with a very long nonce": (index) =>
      post(classicQuery(fixture.emulator, { Action: "ListInstances", SignatureNonce: `${index}${large}` }, "POST")),
    "that make a group, with much beside its name": (index) =>
      post(
        classicQuery(
          fixture.emulator,
          {
            Action: "CreateGroupId",
            InstanceId: fixture.instanceId,
            GroupId: `GID_of-many-${index}`,
            Tags: `[]${" ".repeat(large.length)}`,
          },
          "POST",
        ),
      ),
    "that send a large message": (index) =>
      post(
        classicQuery(
          fixture.emulator,
          {
            Action: "SendMessage",
            InstanceId: fixture.instanceId,
            MqttTopic: "demo/large",
            Payload: `${index}${large}`,
          },
          "POST",
        ),
      ),
  };

  it("is little, of logins that are refused, with a very long client id", async () => {
    const { port } = new URL(fixture.emulator.mqtt);
    const logIn = async (index: number) => {
      const connection = connect(Number(port), "127.0.0.1");
      connection.write(generate({ cmd: "connect", clientId: `${index}${large}`.slice(0, 65_000) }));
      await once(connection.resume(), "close");
    };
    expect(await keptBy(logIn)).to.be.below(30_000);
    expect(fixture.emulator.journal({ kind: "refusal" })).to.have.lengthOf(requests + 4);
  });

  for (const [name, request] of Object.entries(kinds)) {
    it(`is little, of requests ${name}`, async () => {
      expect(await keptBy(request)).to.be.below(large.length / 2);
    });
  }
});

describe("the memory of a message that waits", () => {
  const fixture = new EmulatorFixture({ seed });
  const raw = new RawClients();

  it("is its own, and not that of all that came with it", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId, { protocolVersion: 4, clean: false });
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "demo/kept", qos: 1 }] });
    await client.next("suback");
    client.destroy();
    await client.closed();
    const { client: publisher } = await raw.connect(fixture.emulator.mqtt, otherClientId, { protocolVersion: 4 });
    const publish = async () => {
      publisher.publish({ topic: "demo/kept", qos: 1, messageId: 1, payload: "small" });
      publisher.publish({ topic: "demo/thrown-away", payload: Buffer.alloc(50_000) });
      await publisher.next("puback");
    };
    await publish();
    const before = await usage();
    for (let index = 0; index < 200; index++) await publish();
    expect(((await usage()) - before) / 200).to.be.below(10_000);
  });
});
