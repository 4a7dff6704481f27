import type { EventEmitter } from "node:events";
import type { Aedes, AedesPublishPacket, Client, PublishPacket, Subscription } from "aedes";
import { newMessageId } from "../facts/identifiers";
import { covers, isTopic, isTopicFilter, parentTopicOf } from "../facts/topics";
import type { PublishedMessage } from "../operations/publishing";
import type { Service } from "../service/service";
import type { Instance } from "../state/state";
import type { DeviceAction, DeviceActionInfo, MessageAction } from "../state/traces";
import type { Device } from "./device";
import type { Operation } from "./rights";
import { parseTokenUpload, tokenUploadTopic } from "./tokenUpload";

/** Of one client, its own P2P topics not counted (documented). */
const maxSubscriptions = 30;
/** A larger message is discarded (documented). */
const maxPayloadBytes = 64 * 1024;
/** Where nobody subscribes: the library has no way to take a message and drop it. */
const nowhere = "$discarded";
/** `<parent topic>/p2p/<client id>` reaches that client, which need not subscribe, and no other (documented). */
const p2pPattern = /^[^/]+\/p2p\/([^/]+)$/;

function p2pFilter(clientId: string): string {
  return `+/p2p/${clientId}`;
}

/** The messages of one instance: its connected clients, their subscriptions, and what waits for those that are away. */
export class InstanceBroker {
  readonly #service: Service;
  readonly #instance: Instance;
  readonly #aedes: Aedes;
  readonly #devices = new Map<string, Device>();
  readonly #deviceOf = new WeakMap<Client, Device>();

  private constructor(service: Service, instance: Instance, aedes: Aedes) {
    this.#service = service;
    this.#instance = instance;
    this.#aedes = aedes;
    aedes.authorizePublish = (client, packet, done) => done(this.#admitMessage(client, packet));
    aedes.authorizeSubscribe = (client, subscription, done) => {
      const granted = this.#admitSubscription(client, subscription);
      if (granted instanceof Error) done(granted);
      else done(null, granted);
    };
    aedes.authorizeForward = (client, packet) => this.#forward(client, packet);
    aedes.on("client", (client) => this.#register(client));
    aedes.on("clientDisconnect", (client) => this.#forget(this.#deviceOf.get(client)));
    aedes.on("keepaliveTimeout", (client) => this.#deviceOf.get(client)?.end("no heart"));
    aedes.on("clientError", (client) => this.#deviceOf.get(client)?.end("Socket IOException"));
    aedes.on("unsubscribe", (filters, client) => {
      for (const filter of filters) this.#deviceOf.get(client)?.subscriptions.delete(filter);
    });
    // Not among the types of its events, though it has it for mistakes of its own.
    (aedes as EventEmitter).on("error", (error) => console.error(error));
  }

  /** The library is loaded with the first client that logs in. */
  static async start(service: Service, instance: Instance): Promise<InstanceBroker> {
    const { Aedes } = await import("aedes");
    return new InstanceBroker(service, instance, await Aedes.createBroker());
  }

  /** Takes in a client that is logged in. One that is there with the same client id gives way, and is gone before. */
  async connect(device: Device): Promise<void> {
    const { clientId } = device;
    for (let other = this.#devices.get(clientId); other !== undefined; other = this.#devices.get(clientId)) {
      other.end("clientId conflict");
      await other.ended;
    }
    // Meanwhile the client may have gone, or the state may be another one.
    if (!this.#isCurrent) device.stream.destroy();
    if (device.stream.destroyed) return;
    this.#devices.set(clientId, device);
    this.#instance.sessions.set(clientId, device);
    this.#traceDevice(device, "connect", "accepted");
    device.stream.once("close", () => this.#signOff(device));
    const client = this.#aedes.handle(device.stream);
    this.#deviceOf.set(client, device);
  }

  get #isCurrent(): boolean {
    return this.#service.state.instances.get(this.#instanceId) === this.#instance;
  }

  /** A message from the service itself. */
  publish({ topic, payload, messageId }: PublishedMessage): void {
    const properties = { userProperties: { messageId } };
    const packet = { cmd: "publish", topic, payload: Buffer.from(payload), properties } as const;
    this.#aedes.publish({ ...packet, qos: 1, retain: false, dup: false }, () => {});
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#aedes.close(resolve));
  }

  /** Whether a message is taken, and under which id it is followed; an error cuts the client off. */
  #admitMessage(client: Client | null, packet: PublishPacket): Error | null {
    const device = client === null ? undefined : this.#deviceOf.get(client);
    if (device === undefined) return new Error("nobody has published it");
    if (packet.topic === tokenUploadTopic) {
      const upload = parseTokenUpload(packet.payload);
      discard(packet);
      const isRenewed = upload !== undefined && device.rights.renewToken(upload.kind, upload.token);
      return isRenewed ? null : refuseTopic(device);
    }
    if (packet.payload.length > maxPayloadBytes) {
      discard(packet);
      return null;
    }
    if (!isTopic(packet.topic) || !this.#isPermitted(device, "PUB", packet.topic)) {
      if (this.#service.state.assumptions.topicRefusal === "closesConnection") return refuseTopic(device);
      discard(packet);
      return null;
    }
    const messageId = newMessageId();
    packet.properties = { userProperties: { messageId } };
    this.#traceMessage(device, messageId, "pub_mqtt");
    return null;
  }

  /** The subscription if it is granted, null if it fails; an error cuts the client off. */
  #admitSubscription(client: Client, subscription: Subscription): Subscription | null | Error {
    const device = this.#deviceOf.get(client);
    if (device === undefined) return new Error("nobody has subscribed");
    const { clientId, subscriptions } = device;
    const { topic: filter, qos } = subscription;
    if (filter === p2pFilter(clientId)) return subscription;
    if (!isTopicFilter(filter) || !this.#isPermitted(device, "SUB", filter)) {
      // What a client has subscribed to in an earlier connection, and no longer may, is just not restored.
      const isCutOff = client.connected && this.#service.state.assumptions.topicRefusal === "closesConnection";
      return isCutOff ? refuseTopic(device) : null;
    }
    if (!subscriptions.has(filter) && subscriptions.size >= maxSubscriptions) return null;
    subscriptions.set(filter, qos);
    return subscription;
  }

  #isPermitted({ rights }: Device, operation: Operation, topic: string): boolean {
    const isKnown = this.#instance.properties.topics.includes(parentTopicOf(topic));
    return (isKnown || this.#service.state.assumptions.unknownTopic === "allowed") && rights.may(operation, topic);
  }

  /** What a client is sent, or null if it is not for it after all. */
  #forward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const receiver = p2pPattern.exec(packet.topic)?.[1];
    if (receiver !== undefined && receiver !== client.id) return null;
    const device = this.#deviceOf.get(client);
    if (device === undefined) return null;
    if (packet.qos === 2 && receiver === undefined && bestQuality(device, packet.topic) === 1) packet.qos = 1;
    const messageId = packet.properties?.userProperties?.messageId;
    // A retained message has lost its id.
    if (typeof messageId !== "string") return packet;
    if (client.connected) {
      this.#traceMessage(device, messageId, "sub");
    } else {
      // The library keeps a message for an absent client once for each subscription that it matches.
      if (device.replayed.has(messageId)) return null;
      device.replayed.add(messageId);
      this.#traceMessage(device, messageId, "push_offline");
    }
    return packet;
  }

  #traceDevice({ clientId, channelId }: Device, action: DeviceAction, info: DeviceActionInfo): void {
    this.#service.traces.device({ instanceId: this.#instanceId, clientId, channelId, action, info });
  }

  #traceMessage({ clientId }: Device, messageId: string, action: MessageAction): void {
    this.#service.traces.message({ instanceId: this.#instanceId, clientId, messageId, action });
  }

  get #instanceId(): string {
    return this.#instance.properties.instanceId;
  }

  #register(client: Client): void {
    const device = this.#deviceOf.get(client);
    if (device !== undefined) device.isRegistered = true;
    client.subscribe({ topic: p2pFilter(client.id), qos: 2 }, () => {});
  }

  #signOff(device: Device): void {
    const { sessions } = this.#instance;
    if (sessions.get(device.clientId) === device) sessions.delete(device.clientId);
    const info = device.endInfo;
    this.#traceDevice(device, info === "disconnected by client" ? "disconnect" : "close", info);
    if (!device.isRegistered) this.#forget(device);
  }

  /** Only when the library is done with a connection may another one with its client id come to it. */
  #forget(device: Device | undefined): void {
    if (device === undefined) return;
    if (this.#devices.get(device.clientId) === device) this.#devices.delete(device.clientId);
    device.markEnded();
  }
}

/** By all subscriptions of a client: the library looks at none but that of exactly the topic. */
function bestQuality({ subscriptions }: Device, topic: string): number {
  return Math.max(...[...subscriptions].map(([filter, qos]) => (covers(filter, topic) ? qos : 0)));
}

function refuseTopic(device: Device): Error {
  device.end("resource auth failed");
  return new Error("not permitted");
}

/** Takes a message and drops it: it is acknowledged, and goes where nobody subscribes. */
function discard(packet: PublishPacket): void {
  packet.topic = nowhere;
  packet.payload = Buffer.alloc(0);
  packet.retain = false;
}
