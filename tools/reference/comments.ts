import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export const root = join(__dirname, "../..");

/**
 * The comments above the rows of a file's tables, by the names of the rows, each as one line of text. A row within
 * another one, such as `max` in `removal`, is named `removal.max`.
 */
export function rowComments(file: string): Map<string, string> {
  const comments = new Map<string, string>();
  const visit = (node: ts.Node, within: string): void => {
    if ((ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) && ts.isIdentifier(node.name)) {
      const text = commentAbove(node);
      if (text !== undefined) {
        const name = within + node.name.text;
        comments.set(name, oneLine(text));
        ts.forEachChild(node, (child) => visit(child, `${name}.`));
        return;
      }
    }
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(parse(file), "");
  return comments;
}

/** What the comment above a class says, and above its function `get`. */
export interface ClassComment {
  /** Lines that belong together are one. */
  readonly meaning: string;
  /** The first sentence of the meaning. */
  readonly sentence: string;
  /** A block of code. */
  readonly example: string;
  readonly get: string;
}

export function classComment(file: string, name: string): ClassComment {
  const found = parse(file).statements.find((node) => ts.isClassDeclaration(node) && node.name?.text === name);
  if (!found || !ts.isClassDeclaration(found)) throw new Error(`${file} has no class ${name}`);
  const get = found.members.find((node) => node.name?.getText() === "get");
  const { meaning, example } = meaningAndExample(commentAbove(found) ?? "");
  const [sentence = ""] = /^.*?\.(?= |$)/.exec(meaning) ?? [];
  return { meaning, sentence, example, get: oneLine((get && commentAbove(get)) ?? "") };
}

/** A comment is a text, and a block of code at its end. */
export function meaningAndExample(comment: string): { readonly meaning: string; readonly example: string } {
  const start = comment.indexOf("```");
  const [meaning, example] = start < 0 ? [comment, ""] : [comment.slice(0, start), comment.slice(start).trim()];
  return { meaning: oneLine(meaning), example };
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
}

function commentAbove(node: ts.Node): string | undefined {
  const [block] = ts.getJSDocCommentsAndTags(node);
  return ts.getTextOfJSDocComment(block?.comment);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}
