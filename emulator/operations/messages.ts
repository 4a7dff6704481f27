import { ServiceError } from "../facts/errors";
import { newMessageId } from "../facts/identifiers";
import { parentTopicOf } from "../facts/topics";
import { type Action, action, type Context } from "./action";
import type { Data } from "./envelope";
import { credentialCodes, ownInstance } from "./ownInstance";
import { anyText, topic } from "./parameterRules";
import type { PublishedMessage } from "./publishing";

interface Message {
  readonly InstanceId: string;
  readonly MqttTopic: string;
  readonly Payload: string;
}

function send(context: Context, { InstanceId, MqttTopic, Payload }: Message): Data {
  const { assumptions } = context.state;
  const { properties } = ownInstance(context, InstanceId, credentialCodes);
  if (!properties.topics.includes(parentTopicOf(MqttTopic))) throw new ServiceError(assumptions.sendToUnknownTopic);
  const payload = Buffer.from(Payload, assumptions.sentPayload === "base64Decoded" ? "base64" : "utf8");
  const message = { instanceId: InstanceId, topic: MqttTopic, payload, messageId: newMessageId() };
  context.traces.message({ ...message, clientId: "", action: "ServerSend" });
  publish(context, message);
  return { MsgId: message.messageId };
}

function publish(context: Context, message: PublishedMessage): void {
  try {
    context.publish(message);
  } catch (cause) {
    console.error(cause);
    throw new ServiceError("SendMessageFailed");
  }
}

export const messageActions: Readonly<Record<string, Action>> = {
  SendMessage: action({
    methods: ["POST"],
    callsPerSecond: 1000,
    object: "MqttTopic",
    parameters: { InstanceId: anyText, MqttTopic: topic, Payload: anyText },
    invalidParameter: "ParameterCheckFailed",
    handler: send,
  }),
};
