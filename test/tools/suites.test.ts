import { expect } from "chai";
import { generate, type Packet, parser } from "mqtt-packet";
import { gapsAsDocumented, gapsWithSwitches } from "../../tools/suites/expectedGaps";
import { Frames } from "../../tools/suites/frames";
import { Translation } from "../../tools/suites/translation";
import { surprises } from "../../tools/suites/verdict";

const house = {
  instanceId: "post-cn-suites",
  accessKeyId: "key",
  accessKeySecret: "secret",
  groupId: "GID_test",
  parentTopic: "demo",
  foreignTopics: ["test/nosubscribe"],
};
const v5 = { protocolVersion: 5 } as const;

function read(bytes: Buffer): Packet {
  const packets: Packet[] = [];
  parser(v5)
    .on("packet", (packet) => packets.push(packet))
    .parse(bytes);
  const [packet] = packets;
  if (packet === undefined) throw new Error("no packet");
  return packet;
}

describe("tools/suites", () => {
  describe("the translation of a connection", () => {
    let translation: Translation;
    const toService = (packet: Packet) => read(translation.toService(generate(packet, v5)));
    const toClient = (packet: Packet) => read(translation.toClient(generate(packet, v5)));
    const connect = (clientId: string) => {
      const will = { topic: "gone", payload: Buffer.from("x"), qos: 0 as const, retain: false };
      return toService({ cmd: "connect", protocolId: "MQTT", ...v5, clean: true, keepalive: 0, clientId, will });
    };
    beforeEach(() => {
      translation = new Translation(house);
    });

    it("logs in by signature, as a client of the group", () => {
      const username = "Signature|key|post-cn-suites";
      const packet = connect("clean retained");
      expect(packet).to.include({ clientId: "GID_test@@@clean_retained", username });
      // By OpenSSL: printf %s GID_test@@@clean_retained | openssl dgst -sha1 -hmac secret -binary | base64
      expect(packet)
        .to.have.property("password")
        .that.satisfies((it: Buffer) => it.toString() === "QNKHq5t/wo/kLYTUXKwe2xUF/Rk=");
      expect(packet).to.have.nested.property("will.topic", "demo/gone");
    });

    it("names a client that has no name, and tells it", () => {
      const { clientId } = connect("") as { clientId?: string };
      expect(clientId).to.match(/^GID_test@@@assigned-\w+$/);
      const connack = toClient({ cmd: "connack", reasonCode: 0, sessionPresent: false });
      expect(connack).to.have.nested.property(
        "properties.assignedClientIdentifier",
        clientId?.replace("GID_test@@@", ""),
      );
    });

    it("has topics below the parent topic on one side and not on the other, properties untouched", () => {
      connect("a");
      const properties = { responseTopic: "answers", correlationData: Buffer.from("1"), topicAlias: 3 };
      const own: Packet = {
        cmd: "publish",
        topic: "a/b",
        payload: "x",
        qos: 1,
        messageId: 7,
        dup: false,
        retain: true,
        properties,
      };
      const inHouse = toService(own);
      expect(inHouse).to.deep.include({ topic: "demo/a/b", messageId: 7, retain: true });
      expect(inHouse).to.have.deep.property("properties", { ...properties, responseTopic: "demo/answers" });
      expect(toClient(inHouse)).to.have.deep.property("properties", properties);
      expect(toClient(inHouse)).to.include({ topic: "a/b" });
    });

    it("leaves topics that stand for something else", () => {
      connect("a");
      const subscriptions = ["#", "$share/g/a", "$SYS/a", "test/nosubscribe"].map((topic) => ({
        topic,
        qos: 0 as const,
      }));
      const packet = toService({ cmd: "subscribe", messageId: 1, subscriptions });
      const topics = (packet as { subscriptions?: { topic: string }[] }).subscriptions?.map(({ topic }) => topic);
      expect(topics).to.deep.equal(["demo/#", "$share/g/demo/a", "$SYS/a", "test/nosubscribe"]);
      const aliased = { cmd: "publish", topic: "", payload: "x", qos: 0, dup: false, retain: false } as const;
      expect(toService({ ...aliased, properties: { topicAlias: 1 } })).to.include({ topic: "" });
    });

    it("passes on what is no packet of MQTT as it is", () => {
      const broken = Buffer.from("100c0002686a04020000000461626364", "hex");
      expect(translation.toService(broken)).to.deep.equal(broken);
    });
  });

  it("frames are packets, however the bytes come", () => {
    const packets = ["c000", `30${"8101"}${"00".repeat(129)}`, "d000"].map((hex) => Buffer.from(hex, "hex"));
    const stream = Buffer.concat(packets);
    expect(new Frames().push(stream)).to.deep.equal(packets);
    const frames = new Frames();
    expect([...stream].flatMap((byte) => frames.push(Buffer.from([byte])))).to.deep.equal(packets);
  });

  describe("the verdict", () => {
    const gaps = { gap: { because: "there is none", page: "https://example.com/none" } };
    const verdict = (gap: "passed" | "failed", other: "passed" | "failed") =>
      surprises(
        [
          { test: "gap", outcome: gap, reason: "" },
          { test: "other", outcome: other, reason: "AssertionError: 1 != 2" },
        ],
        gaps,
      );

    it("is good when the gaps fail, and nothing else", () => {
      expect(verdict("failed", "passed")).to.deep.equal([]);
    });

    it("names a failure that is no gap, a gap that passes, and one that is gone", () => {
      expect(verdict("failed", "failed")).to.deep.equal(["other failed: AssertionError: 1 != 2"]);
      expect(verdict("passed", "passed")).to.deep.equal([
        "gap passed, although there is none (https://example.com/none)",
      ]);
      expect(surprises([], gaps)).to.deep.equal(["gap is expected to fail, and there is no such test"]);
    });
  });

  it("every gap names a page of the vendor", () => {
    const gaps = [gapsAsDocumented, gapsWithSwitches].flatMap((files) => Object.values(files).flatMap(Object.values));
    for (const { page } of gaps) expect(page).to.match(/^https:\/\/(www\.alibabacloud|help\.aliyun)\.com\//);
  });
});
