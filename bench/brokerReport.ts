import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "../tools/table";
import { type Broker, startEmulatorBroker, startMosquitto } from "./brokers";
import { clients, type Load, messagesPerSecond, type Version } from "./messageLoad";

const rounds = 3;
const versions = [4, 5] as const;
const connections = 5_000;
/** What MQTT 5 may cost, compared with 3.1.1. */
const mostOfVersion5 = 1.3;

const loads = [
  { measure: "1 to 1, QoS 0", qos: 0, publishers: 1, subscribers: 1, messages: 60_000 },
  { measure: "1 to 1, QoS 1", qos: 1, publishers: 1, subscribers: 1, messages: 40_000 },
  { measure: "10 to 10, QoS 0", qos: 0, publishers: 10, subscribers: 10, messages: 20_000 },
  { measure: "10 to 10, QoS 1", qos: 1, publishers: 10, subscribers: 10, messages: 10_000 },
] as const;

interface Figures {
  /** Messages that were received in a second, at best. */
  readonly perSecond: number;
  /** Of the broker's processor time for a message that was received; NaN where the system does not tell. */
  readonly microseconds: number;
}

/** By the version of MQTT. */
type Rates = Readonly<Record<Version, Figures>>;

/** One kind of broker; the connections are there at the same time. */
interface BrokerFigures {
  readonly rates: Readonly<Record<string, Rates>>;
  readonly secondsToConnect: number;
  readonly bytesOfConnection: number;
}

export interface BrokerReport {
  readonly emulator: BrokerFigures;
  /** Unless it is not installed. */
  readonly mosquitto?: BrokerFigures;
}

/** Both brokers are measured in turns, so that what else the machine does meets both. */
export async function measureBrokers(tellPhase: (phase: string) => void): Promise<BrokerReport> {
  const folder = await mkdtemp(join(tmpdir(), "broker-bench-"));
  const mosquitto = await startMosquitto(folder);
  const emulator = await startEmulatorBroker();
  try {
    tellPhase(`${connections.toLocaleString("en")} connections`);
    const own = await measureConnections(emulator);
    const theirs = mosquitto && (await measureConnections(mosquitto));
    const [ownRates = {}, theirRates = {}] = await measureRates(
      mosquitto === undefined ? [emulator] : [emulator, mosquitto],
      tellPhase,
    );
    return {
      emulator: { ...own, rates: ownRates },
      ...(theirs && { mosquitto: { ...theirs, rates: theirRates } }),
    };
  } finally {
    await emulator.stop();
    await mosquitto?.stop();
    await rm(folder, { recursive: true });
  }
}

async function measureRates(brokers: readonly Broker[], tellPhase: (phase: string) => void) {
  const rates = brokers.map((): Record<string, Rates> => ({}));
  for (const { measure, ...load } of loads) {
    tellPhase(measure);
    const runs = brokers.map(() => ({ 4: [] as Figures[], 5: [] as Figures[] }));
    for (let round = 0; round < rounds; round++) {
      for (const version of versions) {
        for (const [index, broker] of brokers.entries()) {
          runs[index]?.[version].push(await measureLoad(broker, { ...load, version }));
        }
      }
    }
    for (const [index, { 4: older, 5: newer }] of runs.entries()) {
      rates[index] = { ...rates[index], [measure]: { 4: bestOf(older), 5: bestOf(newer) } };
    }
  }
  return rates;
}

async function measureLoad(broker: Broker, load: Load): Promise<Figures> {
  const before = broker.cpuMs() ?? Number.NaN;
  const perSecond = await messagesPerSecond(broker, load);
  const milliseconds = (broker.cpuMs() ?? Number.NaN) - before;
  return { perSecond, microseconds: (milliseconds * 1000) / (load.messages * load.subscribers) };
}

function bestOf(figures: readonly Figures[]): Figures {
  return {
    perSecond: Math.max(...figures.map(({ perSecond }) => perSecond)),
    microseconds: Math.min(...figures.map(({ microseconds }) => microseconds)),
  };
}

/** Of processor time if that is known: other work on the machine does not count there. */
function costOf5({ 4: older, 5: newer }: Rates): number {
  const byTime = newer.microseconds / older.microseconds;
  return Number.isNaN(byTime) ? older.perSecond / newer.perSecond : byTime;
}

/** The first client is not counted: with it some things are made that are there for all. */
async function measureConnections(broker: Broker) {
  const [first] = await clients(broker, 5, "first", 1);
  const before = broker.rssBytes();
  const startedAt = performance.now();
  const sockets = await clients(broker, 5, "many", connections);
  const secondsToConnect = (performance.now() - startedAt) / 1000;
  const bytesOfConnection = (broker.rssBytes() - before) / connections;
  for (const socket of [...sockets, ...(first ? [first] : [])]) socket.destroy();
  return { secondsToConnect, bytesOfConnection };
}

export function brokerReportText({ emulator, mosquitto }: BrokerReport): string {
  const rate = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 0 });
  const cells = (rates: Rates) => [
    ...versions.map((version) => rate(rates[version].perSecond)),
    ...versions.map((version) => rates[version].microseconds.toFixed(1)),
    costOf5(rates).toFixed(2),
  ];
  const rows = Object.entries(emulator.rates).flatMap(([measure, own]) => {
    const isMet = costOf5(own) <= mostOfVersion5 ? "yes" : "no";
    const theirs = mosquitto?.rates[measure];
    if (theirs === undefined) return [[measure, ...cells(own), isMet]];
    const ratios = versions.map((version) => (own[version].perSecond / theirs[version].perSecond).toFixed(2));
    return [
      [measure, ...cells(own), isMet],
      ["  mosquitto", ...cells(theirs), ""],
      ["  emulator / mosquitto", ...ratios, "", "", "", ""],
    ];
  });
  const connectionRow = (name: string, { secondsToConnect, bytesOfConnection }: BrokerFigures) => [
    name,
    secondsToConnect.toFixed(1),
    (bytesOfConnection / 1024).toFixed(1),
  ];
  return [
    `Messages of 100 bytes as received, and the broker's processor time; the best of ${rounds} rounds`,
    table(["", "3.1.1, 1/s", "5, 1/s", "3.1.1, µs", "5, µs", "cost of 5", `at most ${mostOfVersion5}`], rows),
    table(
      [`${connections.toLocaleString("en")} connections of MQTT 5`, "seconds to connect", "KiB each"],
      [
        connectionRow("emulator", emulator),
        ...(mosquitto === undefined ? [] : [connectionRow("mosquitto", mosquitto)]),
      ],
    ),
    ...(mosquitto === undefined ? ["Nothing beside it, as mosquitto is not installed (Debian: mosquitto)."] : []),
  ].join("\n\n");
}
