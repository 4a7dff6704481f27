import { expect } from "chai";
import { generate, type IConnectPacket } from "mqtt-packet";
import { EmulatorFixture } from "../harness";
import { clientId, Devices, deviceLogin, seed } from "./devices";
import { connectPacket, RawClients } from "./rawClient";

const malformed = 0x81;
const protocolError = 0x82;
const badAuthenticationMethod = 0x8c;
const topicNameInvalid = 0x90;
const packetTooLarge = 0x95;

/** A packet of a type, with its length. */
function packet(head: number, ...body: (number | string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(body.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part))));
  return Buffer.concat([Buffer.from([head, bytes.length]), bytes]);
}

/** Text after its length. */
function text(value: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
}

const id = Buffer.from([0, 1]);
const noId = Buffer.from([0, 0]);
const userProperty = Buffer.concat([Buffer.from([38]), text("a"), text("b")]);

describe("a packet that breaks the protocol", () => {
  const fixture = new EmulatorFixture({ seed });
  const raw = new RawClients();
  const devices = new Devices();

  /** By name: the bytes for MQTT 3.1.1, and those for 5 with the reason code of its DISCONNECT. */
  const cases: Record<string, { old?: Buffer; new5?: Buffer; reasonCode?: number }> = {
    "PUBLISH with a quality of service of 3": {
      old: packet(0x36, text("demo/a"), id),
      new5: packet(0x36, text("demo/a"), id, 0),
      reasonCode: malformed,
    },
    "PUBLISH with a packet id of 0": {
      old: packet(0x32, text("demo/a"), noId),
      new5: packet(0x32, text("demo/a"), noId, 0),
      reasonCode: malformed,
    },
    "PUBLISH sent again with a quality of service of 0": {
      old: packet(0x38, text("demo/a")),
      new5: packet(0x38, text("demo/a"), 0),
      reasonCode: malformed,
    },
    "PUBLISH to a topic that is not UTF-8": {
      old: packet(0x30, text(Buffer.from([0x64, 0xc0, 0x80]))),
      new5: packet(0x30, text(Buffer.from([0x64, 0xff])), 0),
      reasonCode: malformed,
    },
    "PUBLISH to a topic with a surrogate": {
      old: packet(0x30, text(Buffer.from([0xed, 0xa0, 0x80]))),
    },
    "PUBLISH to a topic with a null character": {
      old: packet(0x30, text("demo/\0")),
      new5: packet(0x30, text("demo/\0"), 0),
      reasonCode: malformed,
    },
    "PUBLISH to a topic filter": {
      old: packet(0x30, text("demo/+")),
      new5: packet(0x30, text("demo/#"), 0),
      reasonCode: topicNameInvalid,
    },
    "PUBLISH without a topic": {
      old: packet(0x30, text("")),
      new5: packet(0x30, text(""), 0),
      reasonCode: protocolError,
    },
    "PUBLISH that ends within its topic": {
      old: packet(0x30, 0, 9, "demo"),
      new5: packet(0x30, 0, 9, "demo"),
      reasonCode: malformed,
    },
    "PUBLISH with a property of CONNECT": {
      new5: packet(0x30, text("demo/a"), 5, 17, 0, 0, 0, 1),
      reasonCode: protocolError,
    },
    "PUBLISH with a property that there is not": {
      new5: packet(0x30, text("demo/a"), 2, 99, 1),
      reasonCode: malformed,
    },
    "PUBLISH with a property given twice": {
      new5: packet(0x30, text("demo/a"), 10, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0),
      reasonCode: protocolError,
    },
    "PUBLISH with a payload format of 2": {
      new5: packet(0x30, text("demo/a"), 2, 1, 2),
      reasonCode: protocolError,
    },
    "PUBLISH with a subscription identifier": {
      new5: packet(0x30, text("demo/a"), 2, 11, 1),
      reasonCode: protocolError,
    },
    "PUBLISH with a topic filter to respond to": {
      new5: packet(0x30, text("demo/a"), 4, 8, text("+")),
      reasonCode: protocolError,
    },
    "PUBLISH with properties longer than itself": {
      new5: packet(0x30, text("demo/a"), 9, 1, 1),
      reasonCode: malformed,
    },
    "SUBSCRIBE with a packet id of 0": {
      old: packet(0x82, noId, text("demo/a"), 1),
      new5: packet(0x82, noId, 0, text("demo/a"), 1),
      reasonCode: malformed,
    },
    "SUBSCRIBE to nothing": {
      old: packet(0x82, id),
      new5: packet(0x82, id, 0),
      reasonCode: malformed,
    },
    "SUBSCRIBE with a quality of service of 3": {
      old: packet(0x82, id, text("demo/a"), 3),
      new5: packet(0x82, id, 0, text("demo/a"), 3),
      reasonCode: malformed,
    },
    "SUBSCRIBE with reserved options": {
      old: packet(0x82, id, text("demo/a"), 0x04),
      new5: packet(0x82, id, 0, text("demo/a"), 0x40),
      reasonCode: malformed,
    },
    "SUBSCRIBE with a retain handling of 3": {
      new5: packet(0x82, id, 0, text("demo/a"), 0x30),
      reasonCode: protocolError,
    },
    "SUBSCRIBE with wrong flags": {
      old: packet(0x80, id, text("demo/a"), 1),
      new5: packet(0x80, id, 0, text("demo/a"), 1),
      reasonCode: malformed,
    },
    "SUBSCRIBE with a subscription identifier of 0": {
      new5: packet(0x82, id, 2, 11, 0, text("demo/a"), 1),
      reasonCode: protocolError,
    },
    "SUBSCRIBE with a property of PUBLISH": {
      new5: packet(0x82, id, 2, 1, 1, text("demo/a"), 1),
      reasonCode: protocolError,
    },
    "UNSUBSCRIBE from nothing": {
      old: packet(0xa2, id),
      new5: packet(0xa2, id, 0),
      reasonCode: malformed,
    },
    "UNSUBSCRIBE with a packet id of 0": {
      old: packet(0xa2, noId, text("demo/a")),
      new5: packet(0xa2, noId, userProperty.length, userProperty, text("demo/a")),
      reasonCode: malformed,
    },
    "UNSUBSCRIBE with a property of SUBSCRIBE": {
      new5: packet(0xa2, id, 2, 11, 1, text("demo/a")),
      reasonCode: protocolError,
    },
    "PUBREL with wrong flags": { old: packet(0x60, id), new5: packet(0x60, id), reasonCode: malformed },
    "PUBACK with more than there is to it": { old: packet(0x40, id, 0) },
    "PINGREQ with more than there is to it": { old: packet(0xc0, 0), new5: packet(0xc0, 0), reasonCode: malformed },
    "a second CONNECT": {
      old: generate(connectPacket(clientId, { protocolVersion: 4 })),
      new5: generate(connectPacket(clientId)),
      reasonCode: protocolError,
    },
    "a packet that only a server sends": { old: packet(0xd0), new5: packet(0xd0), reasonCode: protocolError },
    "AUTH without an authentication": { old: packet(0xf0), new5: packet(0xf0, 0x18, 0), reasonCode: protocolError },
    "a length of five bytes": {
      old: Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]),
      new5: Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]),
      reasonCode: malformed,
    },
    "more than 256 KiB": {
      old: Buffer.from([0x30, 0x81, 0x80, 0x10]),
      new5: Buffer.from([0x30, 0x81, 0x80, 0x10]),
      reasonCode: packetTooLarge,
    },
  };

  for (const [name, { old, new5, reasonCode }] of Object.entries(cases)) {
    if (old !== undefined) {
      it(`cuts the connection of a client of 3.1.1: ${name}`, async () => {
        const { client } = await raw.connect(fixture.emulator.mqtt, clientId, { protocolVersion: 4 });
        client.write(old);
        await client.closed();
      });
    }
    if (new5 !== undefined) {
      it(`is told to a client of MQTT 5 as it is cut off: ${name}`, async () => {
        const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
        client.write(new5);
        const { reasonCode: told, properties } = await client.next("disconnect");
        expect(told).to.equal(reasonCode);
        expect(properties?.reasonString).to.be.a("string");
        await client.closed();
      });
    }
  }

  it("does not take along what was said before it", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    const fine = generate({ cmd: "pingreq" });
    client.write(Buffer.concat([fine, packet(0x36, text("demo/a"), id, 0)]));
    await client.next("pingresp");
    await client.next("disconnect");
  });

  it("gives no reason to a client that does not want any", async () => {
    const options = { properties: { requestProblemInformation: false } };
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId, options);
    client.write(packet(0xd0));
    expect((await client.next("disconnect")).properties?.reasonString).to.equal(undefined);
  });

  describe("as CONNECT", () => {
    const answer = async (bytes: Buffer, version: 4 | 5) => {
      const client = await raw.open(fixture.emulator.mqtt, version);
      client.write(bytes);
      return client.next("connack");
    };
    const isCut = async (bytes: Buffer) => {
      const client = await raw.open(fixture.emulator.mqtt, 4);
      client.write(bytes);
      await client.closed();
      expect(await client.next("connack").catch(() => "none")).to.equal("none");
    };
    const connect4 = (options: Partial<IConnectPacket> = {}) =>
      generate(connectPacket(clientId, { protocolVersion: 4, ...options }));
    /** With a will, whose flags and topic begin at known places. */
    const will = { topic: "demo/will", payload: Buffer.from("x"), qos: 0 as const, retain: false };

    it("gets return code 1 for a protocol level that there is not", async () => {
      for (const [name, level] of [
        ["MQTT", 2],
        ["MQTT", 3],
        ["MQTT", 6],
        ["MQTT", 0x84],
        ["MQIsdp", 4],
        ["MQIsdp", 5],
      ] as const) {
        const bytes = packet(0x10, text(name), level, 2, 0, 0, text(clientId));
        expect(await answer(bytes, 4), `${name} ${level}`).to.include({ returnCode: 1 });
      }
    });

    it("is let in as MQTT 3.1, and never told of a session", async () => {
      const options = { protocolId: "MQIsdp", protocolVersion: 3, clean: false } as const;
      for (let login = 0; login < 2; login++) {
        const { client, connack } = await raw.connect(fixture.emulator.mqtt, clientId, options);
        expect(connack).to.include({ returnCode: 0, sessionPresent: false });
        client.send({ cmd: "disconnect" });
        await client.closed();
      }
    });

    it("is cut off without an answer in 3.1.1", async () => {
      const change = (bytes: Buffer, from: string, to: string) =>
        Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
      const flags = (bytes: Buffer, change1: number) => {
        const copy = Buffer.from(bytes);
        const at = copy.indexOf("MQTT") + 5;
        copy[at] = (copy[at] ?? 0) ^ change1;
        return copy;
      };
      const longer = Buffer.concat([connect4(), Buffer.from([0])]);
      longer[1] = (longer[1] ?? 0) + 1;
      await isCut(flags(connect4(), 0x01));
      await isCut(flags(connect4(), 0x08));
      await isCut(flags(connect4(), 0x20));
      await isCut(flags(connect4({ will }), 0x18));
      await isCut(change(connect4({ will }), "demo/will", "demo/wi\0l"));
      await isCut(change(connect4({ will }), "demo/will", "demo/wil#"));
      await isCut(change(connect4(), "DeviceCredential", "Device\xffredential"));
      await isCut(longer);
    });

    it("is told why in MQTT 5", async () => {
      const body = (properties: Buffer) =>
        packet(0x10, text("MQTT"), 5, 2, 0, 60, properties.length, properties, text(clientId));
      const expiry = Buffer.from([17, 0, 0, 0, 1]);
      const refused: [Buffer, number][] = [
        [Buffer.concat([expiry, expiry]), protocolError],
        [Buffer.from([33, 0, 0]), protocolError],
        [Buffer.from([39, 0, 0, 0, 0]), protocolError],
        [Buffer.from([23, 2]), protocolError],
        [Buffer.from([35, 0, 1]), protocolError],
        [Buffer.from([22, 0, 1, 1]), protocolError],
        [Buffer.from([99]), malformed],
        [Buffer.from([17, 0]), malformed],
      ];
      for (const [properties, reasonCode] of refused) {
        const connack = await answer(body(properties), 5);
        expect(connack).to.include({ reasonCode });
        expect(connack.properties?.reasonString).to.be.a("string");
      }
    });

    it("asks for an authentication method that there is not", async () => {
      const options = { properties: { authenticationMethod: "SCRAM-SHA-1", authenticationData: Buffer.from("x") } };
      expect(await answer(generate(connectPacket(clientId, options)), 5)).to.include({
        reasonCode: badAuthenticationMethod,
      });
    });

    it("is told why in few words, however long its own are", async () => {
      const options = { properties: { authenticationMethod: "x".repeat(60_000) } };
      const { properties } = await answer(generate(connectPacket(clientId, options)), 5);
      expect(properties?.reasonString).to.have.lengthOf.below(600);
    });

    it("leaves the broker as it is", async () => {
      for (const level of [3, 4, 5]) {
        const whole = generate(connectPacket(clientId, { protocolVersion: 5, will }));
        whole[whole.indexOf("MQTT") + 4] = level;
        for (let at = 0; at < whole.length; at++) {
          const bytes = Buffer.from(whole);
          bytes[at] = 0xff;
          const client = await raw.open(fixture.emulator.mqtt, 5);
          client.write(bytes);
          client.destroy();
        }
      }
      await devices.connect(fixture.emulator.mqtt, deviceLogin());
    });
  });
});

describe("the answer of MQTT 5", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { topicRefusal: "topicOnly" } });
  const raw = new RawClients();

  it("to UNSUBSCRIBE tells whether there was a subscription", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "demo/a", qos: 0 }] });
    client.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["demo/a", "demo/b"] });
    expect((await client.next("unsuback")).granted).to.deep.equal([0x00, 0x11]);
  });

  it("to SUBSCRIBE and PUBLISH tells what is not permitted, and why", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "nowhere/a", qos: 0 }] });
    const suback = await client.next("suback");
    expect(suback.granted).to.deep.equal([0x87]);
    expect(suback.properties?.reasonString).to.include("no parent topic nowhere");
    for (const [qos, cmd] of [
      [1, "puback"],
      [2, "pubrec"],
    ] as const) {
      client.publish({ topic: "nowhere/a", qos, messageId: 7 });
      const ack = await client.next(cmd);
      expect(ack).to.include({ messageId: 7, reasonCode: 0x87 });
      expect(ack.properties?.reasonString).to.include("no parent topic nowhere");
    }
  });

  it("to one subscription too many is that the quota is exceeded", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    const subscriptions = Array.from({ length: 31 }, (_, index) => ({ topic: `demo/${index}`, qos: 0 as const }));
    client.send({ cmd: "subscribe", messageId: 1, subscriptions });
    const { granted, properties } = await client.next("suback");
    expect(granted.at(-1)).to.equal(0x97);
    expect(properties?.reasonString).to.include("30");
  });

  it("to PUBREL and PUBREC tells an id that nobody knows", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    client.send({ cmd: "pubrel", messageId: 5 });
    expect(await client.next("pubcomp")).to.include({ messageId: 5, reasonCode: 0x92 });
    client.send({ cmd: "pubrec", messageId: 6 });
    expect(await client.next("pubrel")).to.include({ messageId: 6, reasonCode: 0x92 });
  });
});
