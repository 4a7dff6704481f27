import { styleText } from "node:util";

/** A value as a report shows it, cut short. */
export function inWords(value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const isPem = text.startsWith("-----BEGIN");
  return isPem ? "a certificate" : text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const longest = 120;

/** An id as people write it, unless that could be taken for something else. */
export function readable(id: string): string {
  const text = decodeURIComponent(id);
  return /[`|\p{Cc}]/u.test(text) ? id : text;
}

/** Names of the service and of programs must not steer a terminal. */
export function harmless(line: string): string {
  return line.replace(/\p{Cc}/gu, "\ufffd");
}

export function heading(words: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText("bold", words) : words;
}

/** Text of the service and of programs for Markdown, such that it stays text. */
export function cell(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\|<>*_`[\]@]/g, (sign) => (sign === "@" ? "@\u200b" : `\\${sign}`));
}
