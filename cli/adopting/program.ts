import { grouped } from "../grouped";
import type { Adopted, ResourceKey } from "./adopted";

/** TypeScript that declares resources, each under the name that it has in the import file. */
export function programText(adopted: readonly Adopted[]): string {
  const known = new Set(adopted.map(keyOf));
  const holderOf = ({ holder }: Adopted) => (holder && known.has(keyText(holder)) ? keyText(holder) : "");
  const byHolder = grouped(adopted, holderOf);
  const free = byHolder.get("") ?? [];
  const variables = new Map<string, number>();
  // What holds others is made before them and, by dependsOn, deleted after them.
  const blocks = free.flatMap((resource) => {
    const inside = byHolder.get(keyOf(resource));
    if (!inside) {
      return [];
    }
    const kind = resource.outline.name;
    const count = (variables.get(kind) ?? 0) + 1;
    variables.set(kind, count);
    const variable = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}${count}`;
    return [`const ${variable} = ${construction(resource)}`, ...declarations(inside, `{ dependsOn: ${variable} }`)];
  });
  const rest = free.filter((resource) => !byHolder.has(keyOf(resource)));
  return ['import * as mqtt from "pulumi-apsaramq-mqtt";\n', ...blocks, ...declarations(rest)].join("\n");
}

function keyOf({ outline, name }: Adopted): string {
  return keyText({ kind: outline.name, name });
}

function keyText({ kind, name }: ResourceKey): string {
  return `${kind} ${name}`;
}

/** Resources that nothing else refers to: those that differ in one text as a list of it, others of a kind as a table. */
function declarations(resources: readonly Adopted[], options?: string): string[] {
  return [...grouped(resources, ({ outline }) => outline.name).values()].flatMap((ofKind) => {
    const lists = [...grouped(ofKind, alike).values()];
    const single = lists.filter((list) => list.length === 1).flat();
    return [
      ...lists.filter((list) => list.length > 1).map((list) => listOf(list, options)),
      ...(single.length > 1 ? [tableOf(single, options)] : single.map((one) => construction(one, options))),
    ];
  });
}

function construction({ outline, name, args }: Adopted, options?: string): string {
  return `new mqtt.${outline.name}(${literal(name)}, ${literal(args)}${options ? `, ${options}` : ""});\n`;
}

/** What resources have in common that differ in the last part of their key alone; that part ends their names. */
function alike(resource: Adopted): string {
  const { name, args } = resource;
  const part = lastPart(resource);
  const value = args[part];
  return typeof value === "string" && name.endsWith(`/${value}`)
    ? JSON.stringify([name.slice(0, -value.length), { ...args, [part]: undefined }])
    : JSON.stringify([name]);
}

function lastPart({ outline }: Adopted): string {
  return outline.key.at(-1) ?? "";
}

function listOf(resources: readonly Adopted[], options?: string): string {
  const [first] = resources;
  if (!first) {
    return "";
  }
  const part = lastPart(first);
  const prefix = first.name.slice(0, -String(first.args[part]).length);
  const args = Object.entries(first.args).map(([name, value]) =>
    name === part ? name : `${propertyName(name)}: ${literal(value)}`,
  );
  return [
    `for (const ${part} of [`,
    ...resources.map((resource) => `  ${literal(resource.args[part])},`),
    "]) {",
    `  new mqtt.${first.outline.name}(\`${prefix}\${${part}}\`, { ${args.join(", ")} }${options ? `, ${options}` : ""});`,
    "}\n",
  ].join("\n");
}

function tableOf(resources: readonly Adopted[], options?: string): string {
  const kind = resources[0]?.outline.name;
  return [
    `for (const [name, args] of Object.entries<mqtt.${kind}Args>({`,
    ...resources.map(({ name, args }) => `  ${propertyName(name)}: ${literal(args)},`),
    "})) {",
    `  new mqtt.${kind}(name, args${options ? `, ${options}` : ""});`,
    "}\n",
  ].join("\n");
}

function literal(value: unknown): string {
  if (typeof value === "string") {
    return /\n/.test(value) && !/[`\\$\r]/.test(value) ? `\`${value}\`` : JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(literal).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, one]) => `${propertyName(name)}: ${literal(one)}`);
    return `{ ${members.join(", ")} }`;
  }
  return JSON.stringify(value);
}

function propertyName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
