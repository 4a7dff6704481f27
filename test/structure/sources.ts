import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

export const root = join(__dirname, "../..");

/** The TypeScript files below a folder, as paths from the repository's root. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["node_modules", "dist"].includes(entry.name) ? [] : filesBelow(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

export function textOf(file: string): string {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
}

/** All nodes of a tree. */
export function* nodes(tree: ts.Node): Generator<ts.Node> {
  yield tree;
  const children: ts.Node[] = [];
  tree.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) yield* nodes(child);
}

export interface Import {
  /** A path from the repository's root without extension, `node:` and a module, or the name of a package. */
  readonly target: string;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
}

/** What a file imports by statement, by `import()`, `require()` or `require.resolve()`, and in types. */
export function importsOf(file: string): Import[] {
  return [...nodes(parse(file))].flatMap((node) => {
    const found = importIn(node);
    return found ? [{ ...found, target: targetOf(file, found.target) }] : [];
  });
}

function importIn(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const { moduleSpecifier } = node;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return undefined;
    return { target: moduleSpecifier.text, typeOnly: isTypeOnly(node) };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { target: node.argument.literal.text, typeOnly: true };
  }
  const [argument] = ts.isCallExpression(node) ? node.arguments : [];
  if (ts.isCallExpression(node) && argument && ts.isStringLiteral(argument)) {
    const loads = ["import", "require", "require.resolve"].includes(node.expression.getText());
    return loads ? { target: argument.text, typeOnly: false } : undefined;
  }
  return undefined;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    return node.isTypeOnly || (names.length > 0 && names.every((name) => name.isTypeOnly));
  }
  const clause = node.importClause;
  const bindings = clause?.namedBindings;
  const names = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  const allTypes = !clause?.name && names.length > 0 && names.every((name) => name.isTypeOnly);
  return clause?.isTypeOnly || allTypes;
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith(".")) {
    const path = normalize(join(dirname(file), specifier));
    return existsSync(join(root, path, "index.ts")) ? `${path}/index` : path;
  }
  if (specifier.startsWith("node:")) return specifier;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
