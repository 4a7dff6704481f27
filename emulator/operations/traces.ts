import type { Assumptions } from "../facts/assumptions";
import { ServiceError } from "../facts/errors";
import type { DeviceEvent, MessageAction, MessageEvent, TraceQuery } from "../state/traces";
import { type Action, action, type Context } from "./action";
import type { Data } from "./envelope";
import { credentialCodes, ownInstance } from "./ownInstance";
import { anyText, clientId, optionalFlag, optionalText, pageNumber, pageSize, unixTime } from "./parameterRules";

interface Range {
  readonly InstanceId: string;
  readonly MqttRegionId: string;
  readonly BeginTime: number;
  readonly EndTime: number;
}

interface Paging {
  readonly CurrentPage: number;
  readonly PageSize: number;
  readonly Reverse: boolean;
}

function checkedRange(context: Context, { InstanceId, MqttRegionId, BeginTime, EndTime }: Range): TraceQuery {
  ownInstance(context, InstanceId, credentialCodes);
  if (MqttRegionId !== context.state.regionId) throw new ServiceError("ParameterCheckFailed");
  return { instanceId: InstanceId, begin: BeginTime, end: EndTime };
}

/** A page past the end is empty (documented). */
function page<E>(events: readonly E[], { CurrentPage, PageSize, Reverse }: Paging) {
  const ordered = Reverse ? events.toReversed() : events;
  const start = (CurrentPage - 1) * PageSize;
  return { numbers: { CurrentPage, PageSize, Total: events.length }, shown: ordered.slice(start, start + PageSize) };
}

function queryDevice(context: Context, { ClientId, ...query }: Range & Paging & { readonly ClientId: string }): Data {
  const events = context.traces.deviceEvents({ ...checkedRange(context, query), clientId: ClientId });
  const { numbers, shown } = page(events, query);
  return { ...numbers, DeviceInfoList: shown.map((event) => describeDevice(context, event)) };
}

function queryMessagesOfClient(
  context: Context,
  { ClientId, ...query }: Range & Paging & { readonly ClientId: string },
): Data {
  const events = context.traces.messageEvents({ ...checkedRange(context, query), clientId: ClientId });
  const { numbers, shown } = page(events, query);
  return { ...numbers, MessageOfClientList: shown.map((event) => describeMessage(context, event)) };
}

function queryPublish(context: Context, { MsgId, ...query }: Range & { readonly MsgId: string }): Data {
  const events = context.traces.messageEvents({ ...checkedRange(context, query), messageId: MsgId });
  return {
    MessageTraceLists: events.filter((event) => !isDelivery(event)).map((event) => describeMessage(context, event)),
  };
}

interface DeliveryQuery extends Range, Paging {
  readonly MsgId: string;
  readonly ClientId: string | undefined;
}

/** All subscribers when no client is named (documented). */
function querySubscribe(context: Context, { MsgId, ClientId = "", ...query }: DeliveryQuery): Data {
  const events = context.traces.messageEvents({
    ...checkedRange(context, query),
    messageId: MsgId,
    ...(ClientId === "" ? {} : { clientId: ClientId }),
  });
  const { numbers, shown } = page(events.filter(isDelivery), query);
  return { ...numbers, MessageTraceLists: shown.map((event) => describeMessage(context, event)) };
}

function isDelivery({ action }: MessageEvent): boolean {
  return action === "sub" || action === "push_offline";
}

function describeDevice({ state }: Context, { action, info, channelId, time }: DeviceEvent): Data {
  return {
    ChannelId: channelId,
    Time: timeText(time, state.assumptions.traceTime),
    Action: action,
    ActionCode: `mqtt.trace.action.${action}`,
    ActionInfo: info,
  };
}

/** Codes and wordings are documented but for `ServerSend`; see the assumption `serverSendTrace`. */
const messageActionTexts: Readonly<
  Record<MessageAction, { readonly ActionCode: string; readonly ActionInfo: string }>
> = {
  pub_mqtt: { ActionCode: "mqtt.trace.action.msg.pub.mqtt", ActionInfo: "Pub From Mqtt Client" },
  pub_mq: { ActionCode: "mqtt.trace.action.msg.pub.mq", ActionInfo: "Pub From MQ" },
  ServerSend: { ActionCode: "mqtt.trace.action.msg.pub.server", ActionInfo: "Pub From Server" },
  sub: { ActionCode: "mqtt.trace.action.msg.sub", ActionInfo: "Push To Mqtt Client" },
  push_offline: { ActionCode: "mqtt.trace.action.msg.push.offline", ActionInfo: "Push Offline Msg To Mqtt Client" },
};

function describeMessage({ state }: Context, { action, clientId, messageId, time }: MessageEvent): Data {
  return {
    Time: timeText(time, state.assumptions.traceTime),
    Action: action,
    ...messageActionTexts[action],
    MsgId: messageId,
    ClientId: clientId,
  };
}

const utc8 = 8 * 3600 * 1000;

/** `yyyy-MM-dd HH:mm:ss.SSS` (documented). */
function timeText(time: number, zone: Assumptions["traceTime"]): string {
  return new Date(zone === "utc8" ? time + utc8 : time).toISOString().replace("T", " ").replace("Z", "");
}

const common = {
  methods: ["GET", "POST"],
  callsPerSecond: 500,
  invalidParameter: "ParameterCheckFailed",
} as const;
const range = { InstanceId: anyText, MqttRegionId: anyText, BeginTime: unixTime, EndTime: unixTime } as const;
const paging = { CurrentPage: pageNumber, PageSize: pageSize, Reverse: optionalFlag } as const;
const ofClient = { ...common, object: "ClientId", parameters: { ...range, ...paging, ClientId: clientId } } as const;

export const traceActions: Readonly<Record<string, Action>> = {
  QueryMqttTraceDevice: action({ ...ofClient, handler: queryDevice }),
  QueryMqttTraceMessageOfClient: action({ ...ofClient, handler: queryMessagesOfClient }),
  QueryMqttTraceMessagePublish: action({
    ...common,
    object: "MsgId",
    parameters: { ...range, MsgId: anyText },
    handler: queryPublish,
  }),
  QueryMqttTraceMessageSubscribe: action({
    ...common,
    object: "MsgId",
    parameters: { ...range, ...paging, MsgId: anyText, ClientId: optionalText },
    handler: querySubscribe,
  }),
};
