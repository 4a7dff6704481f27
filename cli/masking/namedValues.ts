import { secretNamePattern } from "./secretNames";

/** A piece of a line that is a secret, from its first character up to the one after its last. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** How Pulumi marks a value as secret, in all that travels and in state: `{ [signature]: secretMark, value }`. */
const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** How Go prints a value that is secret, in the error of a saved plan that does not hold: `name[{&{{value}}}]`. */
const goSecret = "{&{{";

/** More calls than an engine has at once: only marks whose value never came would be forgotten. */
const mostMarkedCalls = 1_000;

/**
 * Finds secrets by what stands before them: one of their names, or Pulumi's mark. Knows the forms in which the engine,
 * its traces and its programs print: JSON, also in JSON, `name={value}` of Go, `{&{{value}}}` of its secrets, protobuf's text and arrays, `name=value`.
 */
export class NamedValues {
  readonly #trigger = new RegExp(`(?:${secretNamePattern})(?![A-Za-z0-9])|${secretMark}|\\{&\\{\\{`, "gi");
  /** Calls whose last printed property was a mark: the next one is the value. */
  readonly #markedCalls = new Set<string>();
  /** Whether the last line ended with a mark, as JSON does that is spread over lines. */
  #markedLine = false;

  /** The secrets of the next line, in order. */
  in(line: string): Piece[] {
    const found = this.#afterMarksOfEarlierLines(line);
    this.#trigger.lastIndex = found.at(-1)?.to ?? 0;
    for (let trigger = this.#trigger.exec(line); trigger; trigger = this.#trigger.exec(line)) {
      const end = this.#trigger.lastIndex;
      found.push(...this.#after(trigger[0], line, trigger.index, end));
      // What stands in a secret is hidden with it, and looked at once.
      this.#trigger.lastIndex = Math.max(end, found.at(-1)?.to ?? 0);
    }
    return found;
  }

  #after(trigger: string, line: string, start: number, end: number): Piece[] {
    if (trigger === goSecret) {
      return [{ from: end, to: end + (matchAt(/.*?(?=\}\}\}(?:[^\w}]|$)|$)/y, line, end)?.[0].length ?? 0) }];
    }
    return trigger === secretMark ? this.#afterMark(line, start, end) : afterName(line, end);
  }

  #afterMarksOfEarlierLines(line: string): Piece[] {
    const markedLine = this.#markedLine;
    this.#markedLine = false;
    const nextLine = /^\s*\\*"(?:value|plaintext)(?=\\*")/.exec(line);
    if (markedLine && nextLine) {
      return marked(line, nextLine[0].length);
    }
    const property = line.indexOf("]: value={");
    return property >= 0 && this.#markedCalls.delete(callBefore(line, property))
      ? marked(line, property + "]: value".length)
      : [];
  }

  #afterMark(line: string, start: number, end: number): Piece[] {
    const key = matchAt(/[\\"}\s,]*(?:fields:\{\s*key:\s*\\*")?(?:value|plaintext)(?=[\\",])/y, line, end);
    if (key) {
      return marked(line, end + key[0].length);
    }
    const property = `]: ${signature}={`;
    if (line.endsWith(property, start)) {
      if (this.#markedCalls.size >= mostMarkedCalls) this.#markedCalls.clear();
      this.#markedCalls.add(callBefore(line, start - property.length));
    }
    this.#markedLine = /^[\\"\s,]*$/.test(line.slice(end));
    return [];
  }
}

/** Which call a line of `-v=9` is about: `RPC[call]: property={value}`. */
function callBefore(line: string, at: number): string {
  return line.slice(line.indexOf("RPC["), at);
}

/** The value after a name, if one follows: of a text or nothing, for what else stands under a name says about it. */
function afterName(line: string, at: number): Piece[] {
  const quoted = matchAt(/\\*"(?:\s*:\s*|\s+value:\s*(?:\{\s*string_value:\s*)?)/y, line, at);
  if (quoted) {
    return textAt(line, at + quoted[0].length);
  }
  const goOrArray = unquoted(line, at);
  if (goOrArray) {
    return [goOrArray];
  }
  const plain = matchAt(/\s*[:=]\s*/y, line, at);
  if (!plain) {
    return [];
  }
  const from = at + plain[0].length;
  const text = textAt(line, from);
  const word = matchAt(/[^\s"'`\\,;&{}[\]()<>]+/y, line, from);
  return text.length > 0 || !word ? text : [{ from, to: from + word[0].length }];
}

/** The value after a mark: all texts in it, whatever its shape. */
function marked(line: string, at: number): Piece[] {
  const structure = matchAt(/\\*"\s*:\s*(?=[[{])/y, line, at);
  return structure ? textsIn(line, at + structure[0].length) : afterName(line, at);
}

/** `={value}` and `:{value}` as Go prints properties, `,,,value` as the arrays of protobuf messages are joined. */
function unquoted(line: string, at: number): Piece | undefined {
  const go = matchAt(/=\{(.*?)(?=\}\\*"|\}?$)|:\{(.*?)(?=\}(?:\\*"|[\s\]])|\}?$)/y, line, at);
  if (go) {
    return { from: at + 2, to: at + go[0].length };
  }
  // A structure under a mark has five commas; where it ends cannot be told, so the rest of the message goes with it.
  const structure = matchAt(/,,,,,(?!4dabf)(.*?)(?=\\*"|\\n|$)/y, line, at);
  const array = structure ?? matchAt(/,,,(?!,)(.*?)(?=,[^,]+,,|,,|,?\\*"|\\n|,?$)/y, line, at);
  if (array?.[1] === undefined) {
    return undefined;
  }
  const from = at + array[0].length - array[1].length;
  return { from, to: from + array[1].length };
}

/** The inside of the text that begins here, if one does. */
function textAt(line: string, at: number): Piece[] {
  const quote = matchAt(/(\\*)"/y, line, at);
  if (quote?.[1] === undefined) {
    return [];
  }
  const from = at + quote[0].length;
  return [{ from, to: endOfText(line, from, quote[1].length) }];
}

/**
 * Where a text ends whose quotes are escaped by so many backslashes. Inside, a run of them before a quote is longer: by
 * one unit (`escapes + 1`) for a quote that belongs to the text, by two for a backslash of the text.
 */
function endOfText(line: string, from: number, escapes: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 1)) {
    let first = at;
    while (first > from && line[first - 1] === "\\") first--;
    const units = (at - first - escapes) / (escapes + 1);
    if (units < 0) return first;
    if (units % 2 === 0) return at - escapes;
  }
  return line.length;
}

/** The texts of the structure that begins here, without its keys. */
function textsIn(line: string, at: number): Piece[] {
  const found: Piece[] = [];
  let open = 0;
  for (let next = at; next < line.length; next++) {
    const sign = line[next] ?? "";
    if ("[{".includes(sign)) {
      open++;
    } else if ("]}".includes(sign)) {
      open--;
      if (open === 0) break;
    } else if (sign === "\\" || sign === '"') {
      const [text] = textAt(line, next);
      if (text) {
        next = line.indexOf('"', text.to);
        if (next < 0) next = line.length;
        if (!matchAt(/\s*:/y, line, next + 1)) found.push(text);
      }
    }
  }
  return found;
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}
