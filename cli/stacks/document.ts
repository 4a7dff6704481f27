import { readFileSync } from "node:fs";

/** Where a document comes from: the path of a file, or `-` for standard input. */
export type Source = string;

/**
 * The JSON object that a file or a pipe holds. Errors say what is wrong with it and never quote it: it may hold secrets.
 * @param what what it is to be, such as "what `pulumi stack export` prints"
 */
export async function readDocument(source: Source, what: string): Promise<Readonly<Record<string, unknown>>> {
  return objectIn(await readJson(source, what), nameOf(source), what);
}

/** The same of JSON of any form. */
export async function readJson(source: Source, what: string): Promise<unknown> {
  const name = nameOf(source);
  return parseJson(textOf(source === "-" ? await standardInput() : file(source), name), name, what);
}

/** The same of a text. */
export function parseDocument(text: string, name: string, what: string): Readonly<Record<string, unknown>> {
  return objectIn(parseJson(text, name, what), name, what);
}

function parseJson(text: string, name: string, what: string): unknown {
  if (text.trim() === "") {
    throw new Error(`${name} is empty: it is to be ${what}. Did the command that writes it fail?`);
  }
  try {
    return JSON.parse(text);
  } catch {
    const isCut = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    throw new Error(`${name} is ${isCut ? "cut off" : "no JSON"}: it is to be ${what}`);
  }
}

function objectIn(document: unknown, name: string, what: string): Readonly<Record<string, unknown>> {
  if (!isObject(document)) {
    throw new Error(`${name} is something else: it is to be ${what}`);
  }
  return document;
}

export function nameOf(source: Source): string {
  return source === "-" ? "standard input" : source;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function file(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be read: ${code === "ENOENT" ? "there is no such file" : code}`);
  }
}

async function standardInput(): Promise<Buffer> {
  if (process.stdin.isTTY) {
    throw new Error("nothing is piped in: give the path of a file, or pipe a document into standard input");
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Windows PowerShell writes UTF-16 with a byte order mark when it redirects. */
function textOf(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8").decode(bytes);
  } catch {
    throw new Error(`${name} is too large: ${Math.round(bytes.length / 2 ** 20)} MiB in one document`);
  }
}
