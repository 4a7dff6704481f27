import { createHmac } from "node:crypto";
import {
  generate,
  type IConnackPacket,
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
  parser,
} from "mqtt-packet";

/** What the service asks of a client, and programs for any broker do not know. */
export interface House {
  readonly instanceId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly groupId: string;
  readonly parentTopic: string;
  /** Topics that are left as they are, where a suite needs one that is forbidden. */
  readonly foreignTopics: readonly string[];
}

const share = /^\$share\/[^/]+\//;

/**
 * One connection of a client that logs in without a name, by any client id, and takes any topic: in the words of the
 * service, and back. What no library can read is passed on as it is.
 */
export class Translation {
  readonly #house: House;
  #version: 3 | 4 | 5 = 4;
  /** What the client is to be called, as it leaves that to the broker. */
  #assignedId: string | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  toService(bytes: Buffer): Buffer {
    return this.#translate(bytes, (packet) => {
      switch (packet.cmd) {
        case "connect":
          return this.#logIn(packet);
        case "publish":
          return { ...packet, topic: this.#inHouse(packet.topic), ...this.#properties(packet, this.#inHouse) };
        case "subscribe": {
          const subscriptions = packet.subscriptions.map((one) => ({ ...one, topic: this.#inHouse(one.topic) }));
          return { ...packet, subscriptions };
        }
        case "unsubscribe":
          return { ...packet, unsubscriptions: packet.unsubscriptions.map(this.#inHouse) };
        default:
          return undefined;
      }
    });
  }

  toClient(bytes: Buffer): Buffer {
    return this.#translate(bytes, (packet) => {
      switch (packet.cmd) {
        case "connack":
          return this.#nameClient(packet);
        case "publish":
          return { ...packet, topic: this.#outOfHouse(packet.topic), ...this.#properties(packet, this.#outOfHouse) };
        default:
          return undefined;
      }
    });
  }

  /** @param change gives the packet in the place of one, or nothing for one that stays as it is */
  #translate(bytes: Buffer, change: (packet: Packet) => Packet | undefined): Buffer {
    const packet = read(bytes, this.#version);
    const changed = packet && change(packet);
    return changed === undefined ? bytes : generate(changed, { protocolVersion: this.#version });
  }

  #logIn(packet: IConnectPacket): IConnectPacket | undefined {
    const { instanceId, accessKeyId, accessKeySecret, groupId } = this.#house;
    const { clientId, clean = false, will, protocolVersion = 4 } = packet;
    this.#version = protocolVersion;
    // Without a session to come back to, or in MQTT 5, a client may leave its name to the broker.
    const isNameless = clientId === "" && (clean || protocolVersion === 5);
    if (isNameless) this.#assignedId = `assigned-${Math.random().toString(36).slice(2)}`;
    const deviceId = (this.#assignedId ?? clientId).replaceAll(/[^\w-]/g, "_");
    if (deviceId === "") return undefined;
    const ownId = `${groupId}@@@${deviceId}`;
    return {
      ...packet,
      clientId: ownId,
      username: `Signature|${accessKeyId}|${instanceId}`,
      password: Buffer.from(createHmac("sha1", accessKeySecret).update(ownId).digest("base64")),
      ...(will && { will: { ...will, topic: this.#inHouse(will.topic), ...this.#properties(will, this.#inHouse) } }),
    };
  }

  #nameClient(packet: IConnackPacket): IConnackPacket | undefined {
    if (this.#version < 5 || this.#assignedId === undefined || packet.reasonCode !== 0) return undefined;
    return { ...packet, properties: { ...packet.properties, assignedClientIdentifier: this.#assignedId } };
  }

  /** Those of a message, of which one is a topic. */
  #properties({ properties }: Pick<IPublishPacket, "properties">, translate: (topic: string) => string) {
    if (properties?.responseTopic === undefined) return {};
    return { properties: { ...properties, responseTopic: translate(properties.responseTopic) } };
  }

  readonly #inHouse = (topic: string): string => {
    const { parentTopic, foreignTopics } = this.#house;
    const [shared = ""] = share.exec(topic) ?? [];
    // An empty one stands behind an alias; with a dollar begin those that are not the clients' own.
    if (topic === "" || foreignTopics.includes(topic) || (shared === "" && topic.startsWith("$"))) return topic;
    return `${shared}${parentTopic}/${topic.slice(shared.length)}`;
  };

  readonly #outOfHouse = (topic: string): string => {
    const prefix = `${this.#house.parentTopic}/`;
    return topic.startsWith(prefix) ? topic.slice(prefix.length) : topic;
  };
}

function read(bytes: Buffer, protocolVersion: 3 | 4 | 5): Packet | undefined {
  let packet: Packet | undefined;
  parser({ protocolVersion })
    .on("packet", (found) => {
      packet = found;
    })
    .on("error", () => {})
    .parse(bytes);
  return packet;
}
