import { expect } from "chai";
import type { PublishedMessage } from "../../emulator/operations/publishing";
import { Traces } from "../../emulator/state/traces";
import type { Parameters } from "./harness";
import { refusals } from "./refusals";
import { now, ServiceFixture } from "./serviceFixture";

const InstanceId = "i-own";
const publisher = "GID_sensors@@@line-1";
const subscriber = "GID_sensors@@@line-2";
const messageId = "0123456789ABCDEF0123456789ABCDEF";
const seed = {
  accessKeys: [{ accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" }],
  instances: [
    { instanceId: InstanceId, topics: ["demo"] },
    { instanceId: "i-other", accountId: "2" },
  ],
};

interface TraceRecord {
  readonly Time: string;
  readonly Action: string;
  readonly ActionInfo: string;
  readonly ClientId: string;
}

describe("traces", () => {
  const fixture = new ServiceFixture(() => seed);
  const at = (time: number) => fixture.service.setClock(time);
  const range = {
    InstanceId,
    MqttRegionId: "cn-hangzhou",
    BeginTime: String(now),
    EndTime: String(now + 1000),
  };
  const paged = { ...range, CurrentPage: "1", PageSize: "10" };
  const devices = async (changed: Parameters = {}) =>
    fixture.client.call<{ Total: number; DeviceInfoList: TraceRecord[] }>("QueryMqttTraceDevice", {
      ...paged,
      ClientId: publisher,
      ...changed,
    });
  const connected = (time: number, instanceId = InstanceId) => {
    at(time);
    fixture.service.traces.device({
      instanceId,
      clientId: publisher,
      channelId: String(time),
      action: "connect",
      info: "accepted",
    });
  };

  describe("of devices", () => {
    it("tell what a connection went through, in the time of the vendor's region", async () => {
      const time = Date.parse("2021-05-21T07:51:54.867Z");
      at(time);
      fixture.service.traces.device({
        instanceId: InstanceId,
        clientId: publisher,
        channelId: "c69fe839",
        action: "close",
        info: "no heart",
      });
      const answer = await devices({ BeginTime: String(time), EndTime: String(time) });
      expect(answer.DeviceInfoList).to.deep.equal([
        {
          ChannelId: "c69fe839",
          Time: "2021-05-21 15:51:54.867",
          Action: "close",
          ActionCode: "mqtt.trace.action.close",
          ActionInfo: "no heart",
        },
      ]);
    });

    it("are those of the instance, the client and the range, both ends included", async () => {
      for (const time of [now - 1, now, now + 1000, now + 1001]) connected(time);
      connected(now, "i-other");
      expect((await devices()).Total).to.equal(2);
      expect((await devices({ ClientId: subscriber })).Total).to.equal(0);
      expect((await devices({ EndTime: String(now - 1) })).Total).to.equal(0);
    });

    it("come in pages, in either order, and nothing is past the end", async () => {
      for (const time of [now, now + 1, now + 2]) connected(time);
      const channels = async (changed: Parameters) => {
        const { DeviceInfoList } = await fixture.client.call<{ DeviceInfoList: { ChannelId: string }[] }>(
          "QueryMqttTraceDevice",
          { ...paged, ClientId: publisher, PageSize: "2", ...changed },
        );
        return DeviceInfoList.map(({ ChannelId }) => Number(ChannelId) - now);
      };
      expect(await channels({})).to.deep.equal([0, 1]);
      expect(await channels({ CurrentPage: "2" })).to.deep.equal([2]);
      expect(await channels({ CurrentPage: "3" })).to.deep.equal([]);
      expect(await channels({ Reverse: "true" })).to.deep.equal([2, 1]);
      expect(await channels({ Reverse: "False" })).to.deep.equal([0, 1]);
    });

    it("are in UTC under another assumption", async () => {
      connected(now);
      fixture.service.importState({ ...seed, assumptions: { traceTime: "utc" } });
      const [record] = (await devices()).DeviceInfoList;
      expect(record?.Time).to.equal(new Date(now).toISOString().replace("T", " ").replace("Z", ""));
    });

    it("are forgotten by a reset", async () => {
      connected(now);
      fixture.service.reset();
      expect((await devices()).Total).to.equal(0);
    });
  });

  describe("of messages", () => {
    const trace = (clientId: string, action: "pub_mqtt" | "pub_mq" | "sub" | "push_offline") =>
      fixture.service.traces.message({ instanceId: InstanceId, clientId, messageId, action });
    const texts = (records: readonly TraceRecord[]) =>
      records.map(({ Action, ActionInfo, ClientId }) => [Action, ActionInfo, ClientId]);
    const published = ["pub_mqtt", "Pub From Mqtt Client", publisher];
    const delivered = ["sub", "Push To Mqtt Client", subscriber];
    const deliveredLater = ["push_offline", "Push Offline Msg To Mqtt Client", subscriber];

    beforeEach(() => {
      trace(publisher, "pub_mqtt");
      trace(subscriber, "sub");
      trace(subscriber, "push_offline");
      trace(publisher, "sub");
    });

    it("tell what a client has sent and received", async () => {
      const { MessageOfClientList, ...numbers } = await fixture.client.call<{ MessageOfClientList: TraceRecord[] }>(
        "QueryMqttTraceMessageOfClient",
        { ...paged, ClientId: publisher, PageSize: "1", Reverse: "true" },
      );
      expect(numbers).to.include({ CurrentPage: 1, PageSize: 1, Total: 2 });
      expect(texts(MessageOfClientList)).to.deep.equal([["sub", "Push To Mqtt Client", publisher]]);
    });

    it("tell how a message was published", async () => {
      const { MessageTraceLists } = await fixture.client.call<{ MessageTraceLists: TraceRecord[] }>(
        "QueryMqttTraceMessagePublish",
        { ...range, MsgId: messageId },
      );
      expect(texts(MessageTraceLists)).to.deep.equal([published]);
    });

    it("tell to whom a message was delivered", async () => {
      const deliveries = async (changed: Parameters) =>
        (
          await fixture.client.call<{ MessageTraceLists: TraceRecord[] }>("QueryMqttTraceMessageSubscribe", {
            ...paged,
            MsgId: messageId,
            ...changed,
          })
        ).MessageTraceLists;
      expect(await deliveries({})).to.have.lengthOf(3);
      expect(texts(await deliveries({ ClientId: subscriber }))).to.deep.equal([delivered, deliveredLater]);
      expect(await deliveries({ MsgId: "unknown" })).to.deep.equal([]);
    });
  });

  it("refuse other regions and instances, and malformed parameters", async () => {
    const cases = [
      [{ InstanceId: "i-other" }, refusals.InstancePermissionCheckFailed],
      [{ MqttRegionId: "cn-shanghai" }, refusals.ParameterCheckFailed],
      [{ BeginTime: "yesterday" }, refusals.ParameterCheckFailed],
      [{ PageSize: "101" }, refusals.ParameterCheckFailed],
      [{ CurrentPage: "0" }, refusals.ParameterCheckFailed],
      [{ Reverse: "backwards" }, refusals.ParameterCheckFailed],
      [{ ClientId: "line-1" }, refusals.ParameterCheckFailed],
    ] as const;
    for (const [changed, refusal] of cases) {
      const parameters = { ...paged, ClientId: publisher, ...changed };
      expect(await fixture.client.refusal("QueryMqttTraceDevice", parameters)).to.deep.equal(refusal);
    }
  });

  it("reach back as far as there is room", () => {
    const traces = new Traces(() => now, 2);
    for (const channelId of ["1", "2", "3"]) {
      traces.device({ instanceId: InstanceId, clientId: publisher, channelId, action: "connect", info: "accepted" });
    }
    const events = traces.deviceEvents({ instanceId: InstanceId, clientId: publisher, begin: now, end: now });
    expect(events.map(({ channelId }) => channelId)).to.deep.equal(["2", "3"]);
  });
});

describe("SendMessage", () => {
  const fixture = new ServiceFixture(() => seed);
  const message = { InstanceId, MqttTopic: "demo/t1", Payload: "aGVsbG8=" };
  let taken: PublishedMessage[] = [];
  const send = () => fixture.client.call<{ MsgId: string }>("SendMessage", message);
  const payloads = () => taken.map(({ payload }) => Buffer.from(payload).toString());

  beforeEach(() => {
    taken = [];
    fixture.service.publish = (published) => taken.push(published);
  });

  it("hands the message to the broker as it is, and traces it", async () => {
    const { MsgId } = await send();
    expect(MsgId).to.match(/^[0-9A-F]{32}$/);
    expect(taken).to.have.lengthOf(1);
    expect(taken[0]).to.include({ instanceId: InstanceId, topic: "demo/t1", messageId: MsgId });
    expect(payloads()).to.deep.equal(["aGVsbG8="]);
    const { MessageTraceLists } = await fixture.client.call<{ MessageTraceLists: TraceRecord[] }>(
      "QueryMqttTraceMessagePublish",
      { InstanceId, MqttRegionId: "cn-hangzhou", BeginTime: String(now), EndTime: String(now), MsgId },
    );
    expect(MessageTraceLists[0]).to.include({ Action: "ServerSend", ClientId: "" });
  });

  it("decodes base64 under another assumption", async () => {
    fixture.service.importState({ ...seed, assumptions: { sentPayload: "base64Decoded" } });
    await send();
    expect(payloads()).to.deep.equal(["hello"]);
  });

  it("refuses topics that are filters, too short, too long, or of no parent topic", async () => {
    for (const MqttTopic of ["demo/#", "demo/+", "de", `demo/${"x".repeat(60)}`]) {
      expect(await fixture.client.refusal("SendMessage", { ...message, MqttTopic })).to.deep.equal(
        refusals.ParameterCheckFailed,
      );
    }
    expect(await fixture.client.refusal("SendMessage", { ...message, MqttTopic: "nowhere/t1" })).to.deep.equal(
      refusals.PermissionCheckFailed,
    );
    await fixture.client.call("SendMessage", { ...message, MqttTopic: `demo/p2p/GID_sensors@@@${"x".repeat(52)}` });
    expect(taken).to.have.lengthOf(1);
  });
});
