import { generate, type Packet, type Parser, parser } from "mqtt-packet";
import type { DeviceActionInfo } from "../state/traces";
import { PacketHeads } from "./packetHeads";
import type { Dialect } from "./packetStream";

/** Reason codes. */
const success = 0x00;
const disconnectWithWill = 0x04;
const farewells: Partial<Readonly<Record<DeviceActionInfo, number>>> = {
  "resource auth failed": 0x87,
  "no heart": 0x8d,
  "clientId conflict": 0x8e,
  // By the service itself: an administrative action.
  "Socket IOException": 0x98,
};

/** What the library behind cannot do, said in the answer to CONNECT. */
const limits = {
  sharedSubscriptionAvailable: false,
  subscriptionIdentifiersAvailable: false,
  topicAliasMaximum: 0,
} as const;

/**
 * MQTT 5 before a broker library that speaks 3.1.1: each packet is put into the other's form. Properties of messages are
 * not passed on.
 */
export class Mqtt5 implements Dialect {
  hasDisconnected = false;
  readonly #heads = new PacketHeads();
  readonly #clientSide = new PacketReader(5);
  readonly #librarySide = new PacketReader(4);
  /** Filters of each UNSUBSCRIBE not yet answered, by message id: the answer has a code for each. */
  readonly #unsubscribed = new Map<number, number>();

  fromClient(bytes: Buffer): Buffer {
    this.#heads.types(bytes);
    const packets = this.#clientSide
      .read(bytes)
      .map((packet) => generate(this.#forLibrary(packet), { protocolVersion: 4 }));
    return Buffer.concat(packets);
  }

  toClient(bytes: Buffer): Buffer {
    const packets = this.#librarySide
      .read(bytes)
      .map((packet) => generate(this.#forClient(packet), { protocolVersion: 5 }));
    return Buffer.concat(packets);
  }

  farewell(info: DeviceActionInfo): Buffer | undefined {
    const reasonCode = farewells[info];
    return reasonCode === undefined ? undefined : generate({ cmd: "disconnect", reasonCode }, { protocolVersion: 5 });
  }

  #forLibrary(packet: Packet): Packet {
    switch (packet.cmd) {
      case "publish":
        if (packet.topic === "") throw new Error("there are no topic aliases");
        return packet;
      case "unsubscribe":
        this.#unsubscribed.set(packet.messageId ?? 0, packet.unsubscriptions.length);
        return packet;
      case "disconnect":
        // Cutting the connection is what makes the library publish the will.
        if (packet.reasonCode === disconnectWithWill) throw new Error("the client leaves with its will");
        this.hasDisconnected = true;
        return packet;
      case "auth":
      case "connect":
        throw new Error(`${packet.cmd} has no place here`);
      default:
        return packet;
    }
  }

  #forClient(packet: Packet): Packet {
    switch (packet.cmd) {
      case "connack":
        return { cmd: "connack", sessionPresent: packet.sessionPresent, reasonCode: success, properties: limits };
      case "unsuback": {
        const id = packet.messageId ?? 0;
        const count = this.#unsubscribed.get(id) ?? 1;
        this.#unsubscribed.delete(id);
        return { ...packet, granted: new Array<number>(count).fill(success) };
      }
      case "puback":
      case "pubrec":
      case "pubrel":
      case "pubcomp":
        return { ...packet, reasonCode: success };
      default:
        return packet;
    }
  }
}

/** Reads packets from bytes in whatever pieces they come. Throws for what is none. */
class PacketReader {
  readonly #parser: Parser;
  #packets: Packet[] = [];

  constructor(protocolVersion: 4 | 5) {
    this.#parser = parser({ protocolVersion })
      .on("packet", (packet) => this.#packets.push(packet))
      .on("error", (error) => {
        throw error;
      });
  }

  read(bytes: Buffer): Packet[] {
    this.#packets = [];
    this.#parser.parse(bytes);
    return this.#packets;
  }
}
