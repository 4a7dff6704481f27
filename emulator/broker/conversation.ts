import { newMessageId } from "../facts/identifiers";
import { ownBytes } from "../foundation/ownBytes";
import type { Device, Ending } from "./device";
import type { InstanceBroker } from "./instanceBroker";
import { KeepAlive } from "./keepAlive";
import type { LinkOwner } from "./link";
import { messageLifetimeMs, passedOn } from "./message";
import type { Ack, ClientPacket, Publish, Subscribe, SubscriptionRequest, Unsubscribe } from "./mqtt/packets";
import { encodeProperties } from "./mqtt/properties";
import { ProtocolError, protocolError, reasonCodes } from "./mqtt/reasonCodes";
import { keepAliveOf, receiveMaximum } from "./sessionTerms";
import { parseTokenUpload, tokenUploadTopic } from "./tokenUpload";
import type { TokenWatch } from "./tokenWatch";
import { TopicAliases } from "./topicAliases";

/** Of one client, its own P2P topics not counted (documented). */
const maxSubscriptions = 30;
/** Documented. */
const maxPayloadBytes = 64 * 1024;
/** Documented. */
const maxUserPropertyBytes = 8 * 1024;
/** Of MQTT 3.1.1, to a subscription. */
const failure = 0x80;

/** What comes of a packet that asks for something. */
interface Outcome {
  readonly code: number;
  readonly reason?: string;
}

type TopicAction = "mqtt:publish" | "mqtt:subscribe";

/** What a client that is logged in says, and what comes of it. */
export class Conversation implements LinkOwner {
  readonly #device: Device;
  readonly #broker: InstanceBroker;
  readonly #tokenWatch: TokenWatch;
  readonly #keepAlive: KeepAlive;
  readonly #aliases: TopicAliases;
  /** Packet ids of messages with a quality of service of 2 that came on this connection and are not released yet. */
  readonly #unreleased = new Set<number>();

  constructor(device: Device, broker: InstanceBroker, tokenWatch: TokenWatch) {
    this.#device = device;
    this.#broker = broker;
    this.#tokenWatch = tokenWatch;
    this.#aliases = new TopicAliases(() => broker.assumptions.topicAliasLimit);
    const seconds = keepAliveOf(device.connect);
    this.#keepAlive = new KeepAlive(seconds, () =>
      device.end({
        info: "no heart",
        reasonCode: reasonCodes.keepAliveTimeout,
        text: `the client has sent nothing for one and a half times its keep alive of ${seconds} seconds`,
      }),
    );
  }

  receive(packet: ClientPacket): void {
    this.#keepAlive.sign();
    const { outbox } = this.#device.session;
    switch (packet.type) {
      case "publish":
        this.#publish(packet);
        break;
      case "puback":
      case "pubcomp":
        outbox.settle(packet.id);
        break;
      case "pubrec":
        this.#received(packet);
        break;
      case "pubrel":
        this.#released(packet);
        break;
      case "subscribe":
        this.#subscribe(packet);
        break;
      case "unsubscribe":
        this.#unsubscribe(packet);
        break;
      case "pingreq":
        this.#device.link.send({ type: "pingresp" });
        break;
      case "disconnect":
        this.#disconnect(packet.reasonCode, packet.properties.sessionExpiryInterval);
        break;
    }
  }

  reject({ reasonCode, message }: ProtocolError): void {
    this.#device.end({ info: "invalid param", reasonCode, text: message });
  }

  drained(): void {
    this.#device.drained();
  }

  lost(): void {
    this.#keepAlive.stop();
    this.#tokenWatch.stop();
    this.#broker.leave(this.#device);
  }

  #publish(packet: Publish): void {
    const { received } = this.#device.session;
    const publish = { ...packet, topic: this.#aliases.resolve(packet) };
    // Sent again before the client had the answer.
    const isKnown = packet.qos === 2 && received.has(packet.id);
    if (packet.qos === 2) this.#count(packet.id);
    const outcome = isKnown ? { code: reasonCodes.success } : this.#take(publish);
    if (outcome === undefined || packet.qos === 0) return;
    const type = packet.qos === 1 ? "puback" : "pubrec";
    if (packet.qos === 2 && outcome.code < failure) received.add(packet.id);
    else this.#unreleased.delete(packet.id);
    this.#device.link.send({ type, id: packet.id, reasonCode: outcome.code, reason: this.#reason(outcome) });
  }

  /** Messages with a quality of service of 1 are answered at once, so that none of them is ever under way. */
  #count(id: number): void {
    this.#unreleased.add(id);
    if (this.#device.link.version < 5 || this.#unreleased.size <= receiveMaximum) return;
    throw new ProtocolError("receiveMaximumExceeded", `more than ${receiveMaximum} messages are not released yet`);
  }

  /** What to answer to a message, or undefined if it has cut the client off. */
  #take(publish: Publish): Outcome | undefined {
    const { topic, payload, properties, qos } = publish;
    if (topic === tokenUploadTopic) return this.#renewToken(payload);
    const { assumptions } = this.#broker;
    if (payload.length > maxPayloadBytes || userPropertyBytes(publish) > maxUserPropertyBytes) {
      return this.#refuseOversized();
    }
    const denied = this.#broker.denial(this.#device, "PUB", topic);
    if (denied !== undefined) return this.#refuseTopic("mqtt:publish", `may not publish to ${topic}: ${denied}`);
    if (publish.retain && assumptions.retainedMessages === "refused") {
      return this.#end("invalid param", "retainNotSupported", "there are no retained messages");
    }
    const { messageExpiryInterval } = properties;
    const message = {
      id: newMessageId(),
      topic,
      payload: qos > 0 || publish.retain ? ownBytes(payload) : payload,
      qos,
      publisher: this.#device.clientId,
      properties: passedOn(publish),
      expiresAt: this.#broker.now() + messageLifetimeMs(messageExpiryInterval),
      hasExpiry: messageExpiryInterval !== undefined,
    };
    this.#broker.route(message, publish.retain, this.#device);
    return { code: reasonCodes.success };
  }

  #renewToken(payload: Buffer): Outcome | undefined {
    const upload = parseTokenUpload(payload);
    const isRenewed = upload !== undefined && this.#device.rights.tokens?.renew(upload.kind, upload.token) === true;
    if (!isRenewed) return this.#cutForTopic("mqtt:publish", "the token that the client has uploaded is not valid");
    this.#tokenWatch.restart();
    return { code: reasonCodes.success };
  }

  #refuseOversized(): Outcome | undefined {
    const text = "a message has more than 64 KB, or 8 KB of user properties";
    if (this.#broker.assumptions.oversizedMessage === "discarded") return { code: reasonCodes.success };
    return this.#end("invalid param", "packetTooLarge", text);
  }

  #refuseTopic(action: TopicAction, what: string): Outcome | undefined {
    const text = `the client ${what}`;
    if (this.#broker.assumptions.topicRefusal === "closesConnection") return this.#cutForTopic(action, text);
    this.#tellDenied(action, text);
    const code = this.#device.link.version === 5 ? reasonCodes.notAuthorized : reasonCodes.success;
    return { code, reason: text };
  }

  #tellDenied(action: TopicAction, reason: string): void {
    const { clientId } = this.#device;
    const status = reasonCodes.notAuthorized;
    this.#broker.tell({ kind: "denied", action, status, code: "resource auth failed", clientId, reason });
  }

  #cutForTopic(action: TopicAction, text: string): undefined {
    this.#tellDenied(action, text);
    return this.#end("resource auth failed", "notAuthorized", text);
  }

  #end(info: Ending["info"], reason: keyof typeof reasonCodes, text: string): undefined {
    this.#device.end({ info, reasonCode: reasonCodes[reason], text });
  }

  /** First answer of the client to a message with a quality of service of 2. */
  #received({ id, reasonCode }: Ack): void {
    const { session, link } = this.#device;
    if (reasonCode >= failure) {
      session.outbox.settle(id);
      return;
    }
    const isKnown = session.outbox.release(id);
    link.send({ type: "pubrel", id, reasonCode: isKnown ? reasonCodes.success : reasonCodes.packetIdentifierNotFound });
  }

  #released({ id }: Ack): void {
    const { session, link } = this.#device;
    const isKnown = session.received.delete(id);
    this.#unreleased.delete(id);
    link.send({
      type: "pubcomp",
      id,
      reasonCode: isKnown ? reasonCodes.success : reasonCodes.packetIdentifierNotFound,
    });
  }

  #subscribe({ id, subscriptions, properties }: Subscribe): void {
    const { link } = this.#device;
    const [identifier] = properties.subscriptionIdentifiers ?? [];
    const granted: (() => void)[] = [];
    const outcomes: Outcome[] = [];
    for (const request of subscriptions) {
      const outcome = this.#admit(request);
      if (outcome === undefined) return;
      outcomes.push(outcome);
      if (outcome.code < failure) granted.push(this.#broker.subscribe(this.#device, { ...request, identifier }));
    }
    const reason = outcomes.map((outcome) => this.#reason(outcome)).find((text) => text !== undefined);
    const codes = outcomes.map(({ code }) => (link.version === 5 ? code : Math.min(code, failure)));
    link.send({ type: "suback", id, codes, reason });
    for (const sendRetained of granted) sendRetained();
  }

  /** The answer to a subscription, or undefined if it has cut the client off. */
  #admit({ filter, qos }: SubscriptionRequest): Outcome | undefined {
    const { session } = this.#device;
    if (filter.startsWith("$share/")) {
      return { code: reasonCodes.sharedSubscriptionsNotSupported, reason: "there are no shared subscriptions" };
    }
    if (this.#broker.isOwnP2p(this.#device, filter)) return { code: qos };
    const denied = this.#broker.denial(this.#device, "SUB", filter);
    if (denied !== undefined) {
      const outcome = this.#refuseTopic("mqtt:subscribe", `may not subscribe to ${filter}: ${denied}`);
      return outcome === undefined ? undefined : { ...outcome, code: reasonCodes.notAuthorized };
    }
    const counted = [...session.subscriptions.keys()].filter((one) => !this.#broker.isOwnP2p(this.#device, one));
    if (!session.subscriptions.has(filter) && counted.length >= maxSubscriptions) {
      return { code: reasonCodes.quotaExceeded, reason: `a client has at most ${maxSubscriptions} subscriptions` };
    }
    return { code: qos };
  }

  #unsubscribe({ id, filters }: Unsubscribe): void {
    const codes = filters.map((filter) =>
      this.#broker.unsubscribe(this.#device.session, filter) ? reasonCodes.success : reasonCodes.noSubscriptionExisted,
    );
    this.#device.link.send({ type: "unsuback", id, codes });
  }

  #disconnect(reasonCode: number, sessionExpiry: number | undefined): void {
    const { connect } = this.#device;
    const askedAtFirst = connect.properties.sessionExpiryInterval ?? 0;
    if (sessionExpiry !== undefined && sessionExpiry !== 0 && askedAtFirst === 0) {
      throw protocolError("a session that was to end with its connection cannot be kept at the end");
    }
    if (sessionExpiry !== undefined) this.#broker.keepSession(this.#device, sessionExpiry);
    this.#device.leave(reasonCode === reasonCodes.disconnectWithWill);
  }

  #reason({ reason }: Outcome): string | undefined {
    return reason === undefined ? undefined : this.#device.asReason(reason);
  }
}

function userPropertyBytes({ properties: { userProperties } }: Publish): number {
  return userProperties === undefined ? 0 : encodeProperties({ userProperties }).length;
}
