import { assumptionTable } from "../../emulator/facts/assumptions";
import { brokerFeatures } from "../../emulator/facts/brokerFeatures";
import type { Action } from "../../emulator/operations/action";
import type { VendorFacts } from "../vendorFacts";

interface Assumption {
  readonly open: string;
  readonly reason: string;
  readonly actions?: readonly string[];
  readonly options: readonly string[];
}

const assumptions: readonly (readonly [id: string, Assumption])[] = Object.entries(assumptionTable);

/** What the emulator covers, as Markdown: every action the vendor documents, and everything that is assumed. */
export function coverageDocument(
  facts: Readonly<Record<string, VendorFacts>>,
  actions: ReadonlyMap<string, Action>,
): string {
  const names = Object.keys(facts);
  const done = names.filter((name) => actions.has(name));
  return `# Coverage

**${done.length} of ${names.length}** actions of OnsMqtt 2020-04-20. Written by \`node --import tsx tools/coverage/main.ts\`; a test fails when it is not
what the code is.

Documented by the vendor, and checked against [vendorFacts.json](facts/vendorFacts.json) by tests: methods, parameters, quotas, RAM actions, members and types of
the answers, error codes. Every action has a test of its answer, and one of each of its error codes; the few that stand for a failure inside
the service are brought about by a fault. What the documents leave open is
assumed; the rows are below.

## Actions

${table(
  ["action", "done", "methods", "calls a second", "RAM action", "parameters", "error codes", "assumed"],
  Object.entries(facts).map(([name, fact]) => [
    name,
    actions.has(name) ? "yes" : "no",
    fact.methods.join(", "),
    fact.callsPerSecond === null ? "not documented" : String(fact.callsPerSecond),
    fact.ram ?? "not readable",
    String(Object.keys(fact.parameters).length),
    codeCount(fact),
    assumptionsOf(name).join(", "),
  ]),
)}

## MQTT

What devices can do. \`documented\` is the vendor's word, \`standard\` that of MQTT where the vendor is silent, \`own limit\` keeps the emulator up.

${table(
  ["feature", "what the broker does", "by", "open, with its switch"],
  brokerFeatures.map(({ feature, done: what, from, open = [] }) => [feature, what, from, open.join(", ")]),
)}

## Assumptions

The first reading is the default. Where there is a second, \`assumptions\` of \`startEmulator\` or of a seed chooses it.

${table(
  ["assumption", "what is open", "readings", "why the default"],
  assumptions.map(([id, { open, options, reason }]) => [id, open, options.join(" \\| "), reason]),
)}

## Not emulated

RAM policies of devices that log in by signature or token (mq:PUB, mq:SUB), billing, the exchange of messages with RocketMQ, certificates by server name. Traces are
kept in memory only, the last 50,000 of connections and of messages.
`;
}

/** For some actions no list of codes was found. */
function codeCount({ errors }: VendorFacts): string {
  const count = Object.keys(errors).length;
  return count === 0 ? "none documented" : String(count);
}

function assumptionsOf(action: string): string[] {
  return assumptions.filter(([, row]) => row.actions?.includes(action)).map(([id]) => id);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
