import { readdirSync } from "node:fs";
import { join } from "node:path";
import { forEachChild, type Command as ParsedCommand, parse, type SyntaxNode } from "unbash";
import { parse as parseYaml } from "yaml";
import { codeBlocks, documents, withoutBlocks } from "../../tools/documents";
import { root, textOf } from "./sources";

/** A command that a document shows. */
export interface Command {
  /** The document and the line where its block begins. */
  readonly place: string;
  readonly program: string;
  readonly words: readonly string[];
  /** Variables of the environment that it sets, but for those that the script's own jq reads. */
  readonly variables: readonly string[];
}

interface Script {
  readonly place: string;
  readonly text: string;
}

/** The pipelines among the examples. */
export const workflows = readdirSync(join(root, "examples/pipelines"), { encoding: "utf8", recursive: true })
  .filter((file) => file.endsWith(".yml"))
  .map((file) => `examples/pipelines/${file}`);

/** What the prose of a document tells to type, by its first word. */
const typed = /^(pulumi|npx|npm|apsaramq-mqtt|apsaramq-mqtt-emulator) /;

/** Everything in the documents and examples that a shell is to run: blocks, commands in the prose, steps of workflows. */
export const scripts: readonly Script[] = [
  ...documents.flatMap(scriptsIn),
  ...workflows.flatMap((file) =>
    stepsOf(parseYaml(textOf(file), { merge: true })).map((text) => ({ place: file, text })),
  ),
];

function scriptsIn(document: string): Script[] {
  const text = textOf(document);
  const blocks = codeBlocks(text).flatMap(({ language, code, line }) => {
    const place = `${document}:${line}`;
    return language === "sh" ? [{ place, text: code }] : [];
  });
  const spans = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].flatMap(([, span = ""]) => {
    const command = span.replace(/^([A-Z_]+=\S* )*/, "");
    // `pulumi.RunError`, and a command with an ellipsis or a place for something, are no scripts.
    return typed.test(command) ? [{ place: document, text: span.replaceAll(/<[^<>]+>/g, "something") }] : [];
  });
  return [...blocks, ...spans];
}

/** What a workflow of GitHub or a pipeline of GitLab runs. */
function stepsOf(workflow: unknown): string[] {
  if (typeof workflow !== "object" || workflow === null) return [];
  return Object.entries(workflow).flatMap(([key, value]) => {
    if (key === "run" && typeof value === "string") return [value];
    return /^(before_)?script$/.test(key) && Array.isArray(value) ? value.map(String) : stepsOf(value);
  });
}

/** What a shell would not take of a script. */
export function syntaxFaults({ place, text }: Script): string[] {
  return (parse(text).errors ?? []).map(({ message }) => `${place}: ${message}`);
}

/** The commands of a script, also those inside of others, but calls of its own functions. */
export function commandsOf({ place, text }: Script): Command[] {
  const foreign = parsedCommands(parse(text)).filter(({ name }) => !text.includes(`${name?.value}() {`));
  return foreign.map(({ name, prefix, args }) => ({
    place,
    program: name?.value ?? "",
    words: args.flatMap((word) => (word.type === "Word" ? [word.value] : [])),
    variables: [...prefix, ...args].flatMap((part) =>
      part.type === "Assignment" && (name !== undefined || isConstant(part.name)) && !text.includes(`env.${part.name}`)
        ? [part.name]
        : [],
    ),
  }));
}

function parsedCommands(node: SyntaxNode): ParsedCommand[] {
  const found = node.type === "Command" ? [node] : [];
  forEachChild(node, (child) => {
    found.push(...parsedCommands(child));
  });
  return found;
}

/** A variable for other programs, and not for the script itself. */
function isConstant(name: string): boolean {
  return name === name.toUpperCase();
}

/** The options among a command's words, without their values. */
export function optionsOf(words: readonly string[]): string[] {
  const own = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  return own.flatMap((word) => (/^--?[a-z]/i.test(word) ? [word.replace(/=.*$/s, "")] : []));
}
