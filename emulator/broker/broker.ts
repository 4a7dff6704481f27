import type { Allowed } from "../access/webPages";
import { listening } from "../foundation/portError";
import type { BrokerAddress } from "../service/deviceLogin";
import type { Service } from "../service/service";
import { CaFile } from "./caFile";
import type { Gate } from "./gate";
import { type Connection, host, Listener, webSocketPath } from "./listeners";
import { createServerCertificate } from "./serverCertificate";

/** Ports on 127.0.0.1; 0 takes a free one. */
export interface BrokerPorts {
  readonly mqtt: number;
  readonly mqtts: number;
  readonly ws: number;
}

/** What devices connect to: by TCP, TLS and WebSocket. */
export interface Broker {
  /** Where; the file with the CA is there as long as the broker runs. */
  readonly address: BrokerAddress;
  /** The CA by which clients know the broker, PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Of each way to connect. */
const limits = { connections: 20_000, handshakeMs: 10_000 };

/** Starts listening. All that knows MQTT is loaded with the first connection, so that this takes some milliseconds. */
export async function startBroker(service: Service, ports: BrokerPorts, allowed: Allowed): Promise<Broker> {
  let gate: Promise<Gate> | undefined;
  const openGate = async () => new (await import("./gate.js")).Gate(service);
  const accept = async (connection: Connection) => {
    // What breaks also closes, and that is what counts.
    connection.stream.on("error", () => {});
    gate ??= openGate();
    try {
      await (await gate).admit(connection);
    } catch (error) {
      // A mistake of the emulator; the client is not to wait for it.
      console.error(error);
      connection.stream.destroy();
    }
  };
  service.publish = (message) => void gate?.then((opened) => opened.publish(message));

  const serverCertificate = createServerCertificate(Date.now());
  const tcp = Listener.tcp(accept, limits);
  const tls = Listener.tls(serverCertificate, accept, limits);
  const webSocket = Listener.webSocket(accept, limits, allowed);
  const closeListeners = () => Promise.all([tcp, tls, webSocket].map((listener) => listener.close()));
  try {
    const [mqtt, mqtts, ws] = [
      await listening(tcp.listen(ports.mqtt), { port: ports.mqtt, option: "--mqtt-port (mqttPort)" }),
      await listening(tls.listen(ports.mqtts), { port: ports.mqtts, option: "--mqtts-port (mqttsPort)" }),
      await listening(webSocket.listen(ports.ws), { port: ports.ws, option: "--ws-port (wsPort)" }),
    ];
    const { ca } = serverCertificate;
    const caFile = new CaFile(ca);
    const address = {
      host,
      ports: { mqtt, mqtts, ws },
      urls: {
        mqtt: `mqtt://${host}:${mqtt}`,
        mqtts: `mqtts://${host}:${mqtts}`,
        ws: `ws://${host}:${ws}${webSocketPath}`,
      },
      caFile: caFile.path,
    };
    service.brokerAddress = address;
    return {
      address,
      ca,
      close: async () => {
        caFile.remove();
        await closeListeners();
        (await gate)?.close();
      },
    };
  } catch (error) {
    await closeListeners();
    throw error;
  }
}
