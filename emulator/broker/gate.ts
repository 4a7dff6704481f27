import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RejectionReason } from "../access/tlsAdmission";
import { type EditionFeatures, editions } from "../facts/editions";
import { groupOfClientId } from "../facts/identifiers";
import type { PublishedMessage } from "../operations/publishing";
import type { LoginRefusal } from "../service/faultForms";
import type { Service } from "../service/service";
import type { Instance } from "../state/state";
import { type BadConnect, readConnect } from "./firstPacket";
import { InstanceBroker } from "./instanceBroker";
import { Link } from "./link";
import type { Connection } from "./listeners";
import { instanceOfHost, logIn, type RefusedLogin } from "./login";
import type { Connect } from "./mqtt/packets";
import { ProtocolError } from "./mqtt/reasonCodes";
import { refusalCode, refuse, refuseBroken } from "./refusals";
import { type DeviceEvent, tell } from "./tell";

/** For a client's CONNECT to be complete. */
const connectTimeoutMs = 10_000;

/** Where connections are let in or turned away, and led to the broker of their instance. */
export class Gate {
  readonly #service: Service;
  /** Made with the first client of an instance. */
  readonly #brokers = new Map<Instance, InstanceBroker>();

  constructor(service: Service) {
    this.#service = service;
  }

  async admit(connection: Connection): Promise<void> {
    const { stream, host } = connection;
    const certifiedFor = this.#certify(connection);
    if (typeof certifiedFor === "string")
      return this.#cut(connection, `the certificate was not accepted: ${certifiedFor}`);
    const connect = await readConnect(stream, connectTimeoutMs);
    if (connect === undefined)
      return this.#cut(connection, "something else than a CONNECT packet came, or none in time");
    if ("error" in connect) return this.#refuseBroken(connection, connect, connect.error);
    const { clientId, version } = connect;
    const fault = this.#service.faults.strikeLogin(clientId);
    if (fault !== undefined && fault.delayMs > 0) await sleep(fault.delayMs, undefined, { ref: false });
    if (fault?.effect === "before") return this.#cut(connection, "a fault that was set cuts this login off", clientId);
    if (fault?.code !== undefined) {
      return this.#refuse(connection, connect, fault.code, "a fault that was set refuses this login");
    }
    if (certifiedFor !== undefined && !this.#isCurrent(certifiedFor)) {
      return this.#cut(connection, "the state that has accepted the certificate was replaced", clientId);
    }
    const login = logIn(this.#service, {
      ...connect,
      password: connect.password?.toString() ?? "",
      host,
      certifiedFor,
    });
    if (!login.accepted) {
      this.#traceRefusal(clientId, login);
      return this.#refuse(connection, connect, login.refusal, login.why, login.instance);
    }
    const unsupported = this.#unsupported(connect, login.instance);
    if (unsupported !== undefined) return this.#refuseBroken(connection, connect, unsupported, login.instance);
    if (stream.destroyed) return;
    const device = this.#brokerOf(login.instance).connect(connect, login.rights, new Link(stream, version));
    if (fault?.effect === "after") device.abort();
  }

  /** Without an answer, unless the client has gone by itself. */
  #cut({ stream }: Connection, reason: string, clientId = ""): void {
    if (!stream.destroyed) this.#tellRefusal({ status: 0, code: "disconnected", clientId, reason });
    stream.destroy();
  }

  #refuse({ stream }: Connection, connect: Connect, refusal: LoginRefusal, reason: string, instance?: Instance): void {
    const { version, properties } = connect;
    const status = refusalCode(version, refusal);
    this.#tellRefusal({ status, code: refusal, clientId: connect.clientId, reason }, instance);
    refuse(stream, version, status, properties.requestProblemInformation === false ? undefined : reason);
  }

  /** A CONNECT that the protocol, or this service, does not have. */
  #refuseBroken(
    { stream }: Connection,
    connect: Connect | BadConnect,
    error: ProtocolError,
    instance?: Instance,
  ): void {
    const { reasonCode: status, message: reason } = error;
    const clientId = "clientId" in connect ? connect.clientId : "";
    this.#tellRefusal({ status, code: "protocol error", clientId, reason }, instance);
    refuseBroken(stream, connect.version, error);
  }

  #tellRefusal(event: Pick<DeviceEvent, "status" | "code" | "clientId" | "reason">, instance?: Instance): void {
    const instanceId = instance?.properties.instanceId ?? null;
    tell(this.#service, { kind: "refusal", action: "mqtt:connect", ...event, instanceId });
  }

  /**
   * The instance that accepts the certificate of a connection, registering it if it is new: this happens whatever the
   * client does next. Why it was not accepted, if so; undefined for a connection without one.
   */
  #certify({ certificate, host }: Connection): Instance | RejectionReason | undefined {
    if (certificate === undefined) return undefined;
    const { instances } = this.#service.state;
    const named = instanceOfHost(instances, host);
    const candidates = named === undefined ? instances.values() : [named];
    let rejection: RejectionReason = "no registered CA has issued the certificate";
    for (const instance of candidates.filter((one) => this.#offers(one, "certificates"))) {
      const { instanceId } = instance.properties;
      const result = this.#service.connectDevice({ instanceId, certificate });
      if (result.accepted) return instance;
      rejection = result.reason;
    }
    return rejection;
  }

  /** What only MQTT 5 asks for, and this client is not to have. */
  #unsupported({ version, properties }: Connect, instance: Instance): ProtocolError | undefined {
    if (version === 5 && !this.#offers(instance, "mqtt5")) {
      const edition = "MQTT 5 needs an instance of the Professional, Platinum or Serverless edition";
      return new ProtocolError("unsupportedProtocolVersion", edition);
    }
    const { authenticationMethod } = properties;
    if (authenticationMethod === undefined) return undefined;
    return new ProtocolError("badAuthenticationMethod", `there is no authentication method ${authenticationMethod}`);
  }

  /** Whether devices of an instance have what not every edition has. */
  #offers({ properties }: Instance, feature: keyof EditionFeatures): boolean {
    return editions[properties.edition][feature] || this.#service.state.assumptions.editionOfConnection === "served";
  }

  /** What is no client id nobody can ask for, and it may be of any length. */
  #traceRefusal(clientId: string, { instance, refusal }: RefusedLogin): void {
    if (instance === undefined || groupOfClientId(clientId) === undefined) return;
    const { instanceId } = instance.properties;
    const info = refusal === "identifier rejected" ? "clientId conflict" : "not authorized";
    this.#service.traces.device({ instanceId, clientId, channelId: randomUUID(), action: "close", info });
  }

  #brokerOf(instance: Instance): InstanceBroker {
    this.#forgetReplaced();
    const running = this.#brokers.get(instance) ?? new InstanceBroker(this.#service, instance);
    this.#brokers.set(instance, running);
    return running;
  }

  /** Another state has other instances, and the connections to the old ones are cut with it. */
  #forgetReplaced(): void {
    for (const [instance, running] of this.#brokers) {
      if (this.#isCurrent(instance)) continue;
      this.#brokers.delete(instance);
      running.close();
    }
  }

  /** Whether an instance is one of the state that is now, and not of one that a reset has replaced. */
  #isCurrent(instance: Instance): boolean {
    return this.#service.state.instances.get(instance.properties.instanceId) === instance;
  }

  /** Nobody has ever connected to an instance without a broker, so nobody waits for its messages. */
  publish(message: PublishedMessage): void {
    const instance = this.#service.state.instances.get(message.instanceId);
    if (instance !== undefined) this.#brokers.get(instance)?.publish(message);
  }

  close(): void {
    for (const broker of this.#brokers.values()) broker.close();
  }
}
