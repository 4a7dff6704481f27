import { readFileSync } from "node:fs";
import ts from "typescript";

/** The comments above the rows of a file's tables, by the names of the rows, each as one line of text. */
export function rowComments(file: string): Map<string, string> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const comments = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if ((ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) && ts.isIdentifier(node.name)) {
      const [block] = ts.getJSDocCommentsAndTags(node);
      const text = ts.getTextOfJSDocComment(block?.comment);
      if (text !== undefined) comments.set(node.name.text, text.replace(/\s*\n\s*/g, " ").trim());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return comments;
}
