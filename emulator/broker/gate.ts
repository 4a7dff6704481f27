import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { generate, type IConnectPacket } from "mqtt-packet";
import { groupOfClientId } from "../facts/identifiers";
import type { PublishedMessage } from "../operations/publishing";
import type { Service } from "../service/service";
import type { Instance } from "../state/state";
import { Device } from "./device";
import { readConnect } from "./firstPacket";
import { InstanceBroker } from "./instanceBroker";
import type { Connection } from "./listeners";
import { instanceOfHost, type Login, logIn } from "./login";
import { Mqtt3 } from "./mqtt3";
import { Mqtt5 } from "./mqtt5";
import { PacketStream } from "./packetStream";
import { refuse } from "./refusals";

/** For a client's CONNECT to be complete. */
const connectTimeoutMs = 10_000;

/** Where connections are let in or turned away, and led to the broker of their instance. */
export class Gate {
  readonly #service: Service;
  /** Made with the first client of an instance. */
  readonly #brokers = new Map<Instance, Promise<InstanceBroker>>();

  constructor(service: Service) {
    this.#service = service;
  }

  async admit(connection: Connection): Promise<void> {
    const { stream, host } = connection;
    const certifiedFor = this.#certify(connection);
    if (certifiedFor === "nobody") return cut(connection);
    const connect = await readConnect(stream, connectTimeoutMs);
    if (connect === undefined) return cut(connection);
    const { clientId, username, password = "", protocolVersion = 4 } = connect;
    const fault = this.#service.faults.strikeLogin(clientId);
    if (fault !== undefined && fault.delayMs > 0) await sleep(fault.delayMs, undefined, { ref: false });
    if (fault?.effect === "before") return cut(connection);
    if (fault?.code !== undefined) return refuse(stream, protocolVersion, fault.code);
    const login = logIn(this.#service, { clientId, username, password: password.toString(), host, certifiedFor });
    if (!login.accepted) {
      this.#traceRefusal(clientId, login);
      return refuse(stream, protocolVersion, login.refusal);
    }
    const broker = await this.#brokerOf(login.instance);
    if (stream.destroyed) return cut(connection);
    const dialect = protocolVersion === 5 ? new Mqtt5() : new Mqtt3();
    const device = new Device(clientId, login.rights, new PacketStream(stream, dialect, connectAs3(connect)));
    await broker.connect(device);
    if (fault?.effect === "after") device.disconnect();
  }

  /**
   * The instance that accepts the certificate of a connection, registering it if it is new: this happens whatever the
   * client does next. Undefined for a connection without one.
   */
  #certify({ certificate, host }: Connection): Instance | "nobody" | undefined {
    if (certificate === undefined) return undefined;
    const { instances } = this.#service.state;
    const named = instanceOfHost(instances, host);
    const candidates = named === undefined ? instances.values() : [named];
    const accepts = ({ properties: { instanceId } }: Instance) =>
      this.#service.connectDevice({ instanceId, certificate }).accepted;
    return candidates.find(accepts) ?? "nobody";
  }

  /** What is no client id nobody can ask for, and it may be of any length. */
  #traceRefusal(clientId: string, { instance, refusal }: Extract<Login, { accepted: false }>): void {
    if (instance === undefined || groupOfClientId(clientId) === undefined) return;
    const { instanceId } = instance.properties;
    const info = refusal === "identifier rejected" ? "clientId conflict" : "not authorized";
    this.#service.traces.device({ instanceId, clientId, channelId: randomUUID(), action: "close", info });
  }

  #brokerOf(instance: Instance): Promise<InstanceBroker> {
    this.#forgetReplaced();
    const running = this.#brokers.get(instance) ?? InstanceBroker.start(this.#service, instance);
    this.#brokers.set(instance, running);
    return running;
  }

  /** Another state has other instances, and the connections to the old ones are cut with it. */
  #forgetReplaced(): void {
    for (const [instance, running] of this.#brokers) {
      if (this.#isCurrent(instance)) continue;
      this.#brokers.delete(instance);
      void running.then((broker) => broker.close());
    }
  }

  #isCurrent(instance: Instance): boolean {
    return this.#service.state.instances.get(instance.properties.instanceId) === instance;
  }

  /** Nobody has ever connected to an instance without a broker, so nobody waits for its messages. */
  publish(message: PublishedMessage): void {
    const instance = this.#service.state.instances.get(message.instanceId);
    const running = instance === undefined ? undefined : this.#brokers.get(instance);
    void running?.then((broker) => broker.publish(message));
  }

  async close(): Promise<void> {
    const brokers = await Promise.all(this.#brokers.values());
    await Promise.all(brokers.map((broker) => broker.close()));
  }
}

function cut({ stream }: Connection): void {
  stream.destroy();
}

/** The CONNECT of a client as the broker library takes it. Who it is has been checked, so nothing is said about it. */
function connectAs3(connect: IConnectPacket): Buffer {
  const { topic, payload, qos = 0, retain = false } = connect.will ?? {};
  return generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clientId: connect.clientId,
    clean: isSessionTransient(connect),
    keepalive: connect.keepalive ?? 0,
    ...(topic === undefined || payload === undefined ? {} : { will: { topic, payload, qos, retain } }),
  });
}

/** Whether the session ends with the connection. MQTT 5 asks for that apart from whether it is to begin anew. */
function isSessionTransient({ protocolVersion, clean = true, properties }: IConnectPacket): boolean {
  return protocolVersion === 5 ? (properties?.sessionExpiryInterval ?? 0) === 0 : clean;
}
