import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./terminal.mjs";

const outside = ["node_modules", "dist", "build", ".git"];

/** The documents of the repository, as paths from its root. */
export const documents = below("");

function below(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return outside.includes(entry.name) ? [] : below(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** A block of code in a document. */
export interface CodeBlock {
  /** What stands behind the three backticks: a language, and for some the name of the file that the block is. */
  readonly language: string;
  readonly name: string;
  readonly code: string;
  /** Where its code begins. */
  readonly line: number;
}

const fenced = /^```(\S*) ?(.*)\n([\s\S]*?)^```$/gm;

export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(fenced)].map(({ 1: language = "", 2: name = "", 3: code = "", index }) => ({
    language,
    name,
    code,
    line: text.slice(0, index).split("\n").length + 1,
  }));
}

/** A document without its blocks of code, which hold no links and no headings. */
export function withoutBlocks(text: string): string {
  return text.replace(fenced, "");
}

/** Where the links of a document lead that stay within the repository, with their anchors. */
export function linksWithin(text: string): string[] {
  const prose = withoutBlocks(text).replace(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}
