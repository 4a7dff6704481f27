import type { Outline } from "../../kinds/outline";
import { formatId } from "../../kinds/resourceId";
import { type ActionName, serviceActions } from "../../kinds/serviceActions";
import { codeMeaning } from "../../provider/service/errorCodes";
import { vendorFacts } from "../vendorFacts";
import { classComment, rowComments } from "./comments";
import { inputTable, outputTable } from "./fields";
import { code, plain, table } from "./markdown";
import { refusals } from "./refusals";

/** A value for each part of a key, to show what ids look like. */
const exampleParts: Readonly<Record<string, string>> = {
  instanceId: "post-cn-0pp12gl0000",
  groupId: "GID_sensors",
  clientId: "GID_sensors@@@line-1",
  caSn: "00f26900ba87",
  deviceSn: "356217f0a1",
  setName: "devices",
  fleetName: "devices",
  username: "meter",
  topic: "demo/#",
};

/** What a page tells of a kind, by the names of the places where it stands, in the order of a new page. */
export function kindPlaces(camelCase: string, outline: Outline): Map<string, string> {
  const { name, inputs, outputs } = outline;
  const comments = rowComments(`kinds/${camelCase}.ts`);
  const { meaning, example, get } = classComment(`sdk/${camelCase}.ts`, name);
  const others = Object.keys(outputs).length > 0 ? `and:\n\n${outputTable(outputs, comments)}` : "and no others.";
  return new Map([
    [`summary of ${name}`, `${meaning}\n\n${example}`],
    [`inputs of ${name}`, inputTable(inputs, comments)],
    [`outputs of ${name}`, `All inputs, as completed, ${others}`],
    [`id of ${name}`, id(outline, get)],
    [`existing ${name}`, existing(outline)],
    [`actions of ${name}`, actions(outline)],
    [`errors of ${name}`, errors(outline)],
  ]);
}

/** How an id of a kind is made. */
export function idPattern({ key }: Outline): string {
  return key.map((part) => `<${part}>`).join("/");
}

function id(outline: Outline, get: string): string {
  const { name, key, inputs, outputs } = outline;
  const parts = key.map((part) => exampleParts[part] ?? failFor(`Add ${part} to \`exampleParts\``));
  const optional = key.filter((part) => !{ ...inputs, ...outputs }[part]?.required);
  const empty = optional.length > 0 ? ` ${optional.map(code).join(" or ")} is empty where the object has none.` : "";
  return [
    `${code(idPattern(outline))}, each part percent-encoded: ${code(formatId(parts))}.${empty} Never secret.`,
    `${code(`${name}.get(name, id)`)}: ${lower(get)} One that does not exist is an error (\`NotFound\`).`,
  ].join("\n\n");
}

function existing({ name, inputs, actions }: Outline): string {
  const maker = actions.find((action) => /^(Add|Apply|Create|Register)/.test(action));
  if (maker && !inputs.ifExists) {
    failFor(`Give ${name} an input \`ifExists\`, or say what becomes of one that ${maker} has made, in \`existing\``);
  }
  const how = inputs.ifExists
    ? 'Declare the object with `ifExists: "adopt"`, or for the whole stack `pulumi config set apsaramq:ifExists adopt`; the next `up` takes it over.'
    : "Declare the object: the next `up` takes over what there is, as no action of the service makes one.";
  return `${how} [Adopting what exists](../guides/adopting.md) says how \`npx apsaramq-mqtt adopt\` writes that for all that exists, and why plain \`pulumi import\` and the \`import\` option cannot work.`;
}

function actions(outline: Outline): string {
  const rows = outline.actions.map((name) => {
    const { billed, ram }: { readonly billed: boolean; readonly ram?: string } = serviceActions[name];
    return [code(name), billed ? "billed" : "no note of billing", ram ? code(ram) : "none", askedWhen(outline, name)];
  });
  return table(
    ["action", "a successful call, as documented, is", "RAM action beside `mq:MqttInstanceAccess`", "asked for"],
    rows,
  );
}

function askedWhen({ reads, onlyWith = {} }: Outline, action: ActionName): string {
  const by = reads.includes(action) ? "by refresh too" : "to change something";
  const wanted = Object.entries<readonly unknown[] | undefined>(onlyWith[action] ?? {}).map(([input, values = []]) => {
    const words = values.map((value) => (value === undefined ? "left out" : code(JSON.stringify(value))));
    return `${code(input)} ${words.join(" or ")}`;
  });
  return wanted.length === 0 ? by : `${by}, with ${wanted.join(", or ")}`;
}

function errors(outline: Outline): string {
  const own = Object.entries(outline.errors).map(([kind, when]) => `- ${code(kind)}. ${when}`);
  const refused = [...refusals(outline.inputs)].map(([name, rules]) => `- ${code(name)} ${plain(rules.join("; "))}.`);
  return [
    "Preview and `up` name each input that breaks a rule (`InvalidInput`): one that is not of its type, and",
    refused.join("\n"),
    ...(own.length > 0 ? ["Beside wrong inputs:", own.join("\n")] : []),
    `Codes that the service documents for its actions: ${documentedCodes(outline).join(", ")}. [Errors](errors.md) says of each what to do, and what holds for all kinds.`,
  ].join("\n\n");
}

function documentedCodes(outline: Outline): string[] {
  const codes = outline.actions.flatMap((action) => Object.keys(vendorFacts[action]?.errors ?? {}));
  return [...new Set(codes)].sort().map((name) => {
    const known = name.replace(/\.%s$/, "");
    return `${code(known)} (${codeMeaning(known).kind})`;
  });
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function failFor(order: string): never {
  throw new Error(`${order} of tools/reference/kindPlaces.ts`);
}
