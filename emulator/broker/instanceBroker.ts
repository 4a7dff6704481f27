import type { Assumptions } from "../facts/assumptions";
import { newMessageId } from "../facts/identifiers";
import { covers } from "../facts/topics";
import { ownBytes } from "../foundation/ownBytes";
import type { PublishedMessage } from "../operations/publishing";
import type { Service } from "../service/service";
import type { Instance } from "../state/state";
import type { DeviceAction, DeviceActionInfo, MessageAction } from "../state/traces";
import { Allowance } from "./allowance";
import { ClientSession, type Subscription } from "./clientSession";
import { Conversation } from "./conversation";
import { Device } from "./device";
import type { Link } from "./link";
import { type Delivery, type Message, messageLifetimeMs, passedOn } from "./message";
import type { Connect, Quality } from "./mqtt/packets";
import { reasonCodes } from "./mqtt/reasonCodes";
import { RetainedMessages } from "./retainedMessages";
import type { Operation, Rights } from "./rights";
import { sessionLifetimeMs, welcome } from "./sessionTerms";
import { type Match, SubscriptionTree } from "./subscriptionTree";
import { type DeviceEvent, tell } from "./tell";
import { TokenWatch } from "./tokenWatch";
import { denial, receiverOf } from "./topicRules";

/** Payloads and properties that wait for one client, and as many that are under way to it. */
const maxBytes = 16 * 1024 * 1024;

/** The messages of one instance: its connected clients, their subscriptions, and what waits for those that are away. */
export class InstanceBroker {
  readonly #service: Service;
  readonly #instance: Instance;
  readonly #devices = new Map<string, Device>();
  readonly #sessions = new Map<string, ClientSession>();
  readonly #subscriptions = new SubscriptionTree();
  /** Those whose client is away, in the order in which it went. */
  readonly #away = new Set<ClientSession>();
  /** For what waits for all clients. */
  readonly #allowance = this.#newAllowance();
  readonly #retained = new RetainedMessages(this.#newAllowance());

  constructor(service: Service, instance: Instance) {
    this.#service = service;
    this.#instance = instance;
  }

  get assumptions(): Assumptions {
    return this.#service.state.assumptions;
  }

  now(): number {
    return this.#service.clock.now();
  }

  /** Takes in a client that is logged in. One that is there with the same client id gives way. */
  connect(connect: Connect, rights: Rights, link: Link): Device {
    const { clientId } = connect;
    this.#devices.get(clientId)?.end({
      info: "clientId conflict",
      reasonCode: reasonCodes.sessionTakenOver,
      text: "another connection has come with this client id",
    });
    const { session, isPresent } = this.#sessionOf(connect);
    const device = new Device(connect, {
      rights,
      link,
      session,
      now: () => this.now(),
      onSent: (delivery) => this.#traceDelivery(device, delivery),
      mayCutStalled: () => this.assumptions.stalledClient === "droppedThenCut",
    });
    this.#devices.set(clientId, device);
    this.#instance.sessions.set(clientId, device);
    this.#traceDevice(device, "connect", "accepted");
    this.tell({
      kind: "login",
      action: "mqtt:connect",
      status: 0,
      code: null,
      clientId,
      reason: loginText(connect, isPresent),
    });
    this.#forgetForbidden(device);
    const isCutting = () => this.assumptions.tokenOnConnection === "cut";
    device.tokenWatch = new TokenWatch(device, this.#service.clock, isCutting);
    link.send(welcome(connect, this.assumptions, isPresent));
    session.outbox.attach(device);
    link.start(new Conversation(device, this, device.tokenWatch));
    return device;
  }

  /** The connection of a device is over. */
  leave(device: Device): void {
    const { clientId, session, ending } = device;
    const { info, reasonCode, text } = ending;
    const isCut = reasonCode !== reasonCodes.success;
    const [kind, code] = isCut ? (["cut", info] as const) : (["departure", null] as const);
    this.tell({ kind, action: "mqtt:disconnect", status: reasonCode, code, clientId, reason: text });
    const { sessions } = this.#instance;
    if (sessions.get(clientId) === device) sessions.delete(clientId);
    if (this.#devices.get(clientId) === device) this.#devices.delete(clientId);
    this.#traceDevice(device, info === "disconnected by client" ? "disconnect" : "close", info);
    session.outbox.detach();
    this.#publishWill(device);
    if (session.lifetimeMs === 0) this.#forget(session);
    else this.#keep(session);
  }

  /** The client asks for another expiry of its session when it leaves, in seconds. */
  keepSession({ connect, session }: Device, interval: number): void {
    session.lifetimeMs = sessionLifetimeMs(connect, this.assumptions, interval);
  }

  /** A message from the service itself. */
  publish({ topic, payload, messageId }: PublishedMessage): void {
    const expiresAt = this.now() + messageLifetimeMs(undefined);
    const message = { id: messageId, topic, payload: Buffer.from(payload), qos: 1, properties: {} } as const;
    this.#deliver({ ...message, publisher: null, expiresAt, hasExpiry: false });
  }

  /** A message of a client that may publish it. */
  route(message: Message, retain: boolean, publisher: Device): void {
    this.#traceMessage(publisher.clientId, message.id, "pub_mqtt");
    const isKept = retain && this.assumptions.retainedMessages === "kept";
    if (isKept) this.#retained.keep(message);
    this.#deliver(message, isKept);
  }

  /** Why a client must not use a topic, or undefined if it may. */
  denial({ rights }: { readonly rights: Rights }, operation: Operation, topic: string): string | undefined {
    return denial(this.#service, this.#instance, rights, operation, topic);
  }

  /** Whether a filter is of what addresses this client, for which it needs neither rights nor a subscription. */
  isOwnP2p({ clientId }: { readonly clientId: string }, filter: string): boolean {
    return receiverOf(filter) === clientId;
  }

  /** @returns sends what is retained for the subscription */
  subscribe({ session }: Device, subscription: Subscription): () => void {
    const { filter, qos, retainHandling } = subscription;
    const isNew = !session.subscriptions.has(filter);
    session.subscriptions.set(filter, subscription);
    this.#subscriptions.set(session, subscription);
    const isWanted = retainHandling === 0 || (retainHandling === 1 && isNew);
    return () => {
      for (const message of isWanted ? this.#retained.of(filter) : []) {
        session.outbox.add({
          ...deliveryOf(message, [{ session, subscription }]),
          qos: lower(message.qos, qos),
          retain: true,
          hasWaited: false,
        });
      }
    };
  }

  /** @returns whether there was such a subscription */
  unsubscribe(session: ClientSession, filter: string): boolean {
    this.#subscriptions.delete(session, filter);
    return session.subscriptions.delete(filter);
  }

  /** Tells people what happened to a device. */
  tell(event: Omit<DeviceEvent, "instanceId">): void {
    tell(this.#service, { ...event, instanceId: this.#instanceId });
  }

  close(): void {
    for (const device of this.#devices.values()) device.disconnect();
    for (const session of this.#sessions.values()) session.returned();
  }

  #sessionOf(connect: Connect): { readonly session: ClientSession; readonly isPresent: boolean } {
    const former = this.#sessions.get(connect.clientId);
    former?.returned();
    if (former !== undefined) this.#away.delete(former);
    if (former !== undefined && connect.clean) this.#forget(former);
    const isPresent = former !== undefined && !connect.clean;
    const session = isPresent ? former : this.#newSession(connect.clientId);
    session.lifetimeMs = sessionLifetimeMs(connect, this.assumptions);
    this.#sessions.set(connect.clientId, session);
    return { session, isPresent };
  }

  #newAllowance(): Allowance {
    return new Allowance(() => Number(this.assumptions.keptMebibytes) * 2 ** 20);
  }

  #newSession(clientId: string): ClientSession {
    const maxWaiting = Number(this.assumptions.waitingMessages);
    const isDue = (delivery: Delivery): boolean =>
      delivery.message.expiresAt > this.now() && this.#isStillWanted(session, delivery);
    const session: ClientSession = new ClientSession(clientId, isDue, {
      maxWaiting,
      maxBytes,
      allowance: this.#allowance,
    });
    return session;
  }

  /** While its client is away; there is room for so many, of which the one that is away longest goes. */
  #keep(session: ClientSession): void {
    const { lifetimeMs } = session;
    if (Number.isFinite(lifetimeMs)) {
      session.whileAway(this.#service.clock.at(this.now() + lifetimeMs, () => this.#forget(session)));
    }
    this.#away.add(session);
    const [longestAway] = this.#away;
    if (this.#away.size > Number(this.assumptions.keptSessions) && longestAway !== undefined) this.#forget(longestAway);
  }

  #forget(session: ClientSession): void {
    session.returned();
    session.outbox.clear();
    this.#away.delete(session);
    for (const filter of session.subscriptions.keys()) this.#subscriptions.delete(session, filter);
    if (this.#sessions.get(session.clientId) === session) this.#sessions.delete(session.clientId);
  }

  /** What a client has subscribed to in an earlier connection, and no longer may, is just not restored. */
  #forgetForbidden(device: Device): void {
    for (const filter of device.session.subscriptions.keys()) {
      if (this.isOwnP2p(device, filter) || this.denial(device, "SUB", filter) === undefined) continue;
      this.unsubscribe(device.session, filter);
    }
  }

  /** What came while the client was away is for the subscriptions it still has. */
  #isStillWanted({ clientId, subscriptions }: ClientSession, { message, hasWaited }: Delivery): boolean {
    if (!hasWaited || receiverOf(message.topic) === clientId) return true;
    return [...subscriptions.keys()].some((filter) => covers(filter, message.topic));
  }

  #deliver(message: Message, isRetained = false): void {
    const receiver = receiverOf(message.topic);
    if (receiver !== undefined) {
      const session = this.#sessions.get(receiver);
      if (session !== undefined) this.#hand(session, { ...deliveryOf(message, []), qos: message.qos, retain: false });
      return;
    }
    for (const [session, matches] of bySession(this.#subscriptions.matches(message.topic))) {
      const wanted = matches.filter((match) => this.#isWanted(match, message));
      if (wanted.length === 0) continue;
      const qos = Math.max(...wanted.map(({ subscription }) => subscription.qos)) as Quality;
      const retain = isRetained && wanted.some(({ subscription }) => subscription.retainAsPublished);
      this.#hand(session, { ...deliveryOf(message, wanted), qos: lower(message.qos, qos), retain });
    }
  }

  #isWanted({ session, subscription: { noLocal, filter } }: Match, { publisher }: Message): boolean {
    if (noLocal && publisher === session.clientId) return false;
    const device = this.#devices.get(session.clientId);
    const isChecked = device !== undefined && this.assumptions.deliveryRights === "checked";
    return !isChecked || this.denial(device, "SUB", filter) === undefined;
  }

  #hand(session: ClientSession, delivery: Omit<Delivery, "hasWaited">): void {
    session.outbox.add({ ...delivery, hasWaited: !this.#devices.has(session.clientId) });
  }

  /** Unless the client has left without it; after its delay, if the session lasts so long. */
  #publishWill(device: Device): void {
    const { will, clientId } = device.connect;
    const isLeft = device.ending.info === "disconnected by client" && !device.leavesWithWill;
    if (will === undefined || isLeft || this.assumptions.wills === "ignored") return;
    const publish = () => {
      if (this.denial(device, "PUB", will.topic) !== undefined) return;
      const { messageExpiryInterval } = will.properties;
      const expiresAt = this.now() + messageLifetimeMs(messageExpiryInterval);
      const { topic, qos, retain } = will;
      const payload = ownBytes(will.payload);
      const message = { id: newMessageId(), topic, payload, qos, publisher: clientId, properties: passedOn(will) };
      this.route({ ...message, expiresAt, hasExpiry: messageExpiryInterval !== undefined }, retain, device);
    };
    const delayMs = Math.min((will.properties.willDelayInterval ?? 0) * 1000, device.session.lifetimeMs);
    if (delayMs === 0) publish();
    else device.session.whileAway(this.#service.clock.at(this.now() + delayMs, publish));
  }

  #traceDevice({ clientId, channelId }: Device, action: DeviceAction, info: DeviceActionInfo): void {
    this.#service.traces.device({ instanceId: this.#instanceId, clientId, channelId, action, info });
  }

  #traceDelivery({ clientId }: Device, { message, hasWaited }: Delivery): void {
    this.#traceMessage(clientId, message.id, hasWaited ? "push_offline" : "sub");
  }

  #traceMessage(clientId: string, messageId: string, action: MessageAction): void {
    this.#service.traces.message({ instanceId: this.#instanceId, clientId, messageId, action });
  }

  get #instanceId(): string {
    return this.#instance.properties.instanceId;
  }
}

function loginText({ version, clean }: Connect, isPresent: boolean): string {
  const protocol = { 3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5" }[version];
  return `${protocol}, ${isPresent ? "its session was kept" : clean ? "a clean session" : "a new session"}`;
}

function lower(one: Quality, other: Quality): Quality {
  return one < other ? one : other;
}

function deliveryOf(
  message: Message,
  matches: readonly Match[],
): Pick<Delivery, "message" | "subscriptionIdentifiers"> {
  return { message, subscriptionIdentifiers: matches.flatMap(({ subscription }) => subscription.identifier ?? []) };
}

/** A client gets a message once, whatever of its subscriptions it meets. */
function bySession(matches: readonly Match[]): Map<ClientSession, Match[]> {
  const found = new Map<ClientSession, Match[]>();
  for (const match of matches) {
    const others = found.get(match.session);
    if (others === undefined) found.set(match.session, [match]);
    else others.push(match);
  }
  return found;
}
