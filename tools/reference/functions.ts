import { join } from "node:path";
import ts from "typescript";
import { meaningAndExample, root } from "./comments";
import { code, table } from "./markdown";

/** A value that a function takes or gives. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
  readonly optional: boolean;
}

/** A function that programs call. */
export interface SdkFunction {
  readonly name: string;
  /** As a program sees it. */
  readonly declaration: string;
  readonly meaning: string;
  readonly example: string;
  /** What it takes, of all its arguments. */
  readonly takes: readonly Member[];
  /** What it gives, where that has members. */
  readonly gives: readonly Member[];
  /** What it fails with. */
  readonly errors: readonly string[];
}

/** The functions that the package exports, as their comments and types describe them. */
export function sdkFunctions(): SdkFunction[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([join(root, "sdk/index.ts")], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(join(root, "sdk/index.ts"));
  const exported = index && checker.getSymbolAtLocation(index);
  if (!exported) throw new Error("sdk/index.ts exports nothing");
  return checker.getExportsOfModule(exported).flatMap((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const declaration = target.declarations?.find(ts.isFunctionDeclaration);
    return declaration ? [described(declaration, target, checker)] : [];
  });
}

export function functionsText(functions: readonly SdkFunction[]): string {
  return functions.map(section).join("\n\n");
}

function section({ name, declaration, meaning, example, takes, gives, errors }: SdkFunction): string {
  const rows = takes.map((member) => {
    const [, text = member.meaning, words] = /^(.*) Default: (.*)\.$/s.exec(member.meaning) ?? [];
    return [code(member.name), code(member.type), text, words ?? (member.optional ? "none" : "required")];
  });
  const given = gives.map((member) => [code(member.name), code(member.type), member.meaning]);
  return [
    `## ${name}`,
    meaning,
    `\`\`\`ts nocheck\n${declaration}\n\`\`\``,
    ...(rows.length > 0 ? [table(["argument", "type", "meaning", "default"], rows)] : []),
    ...(given.length > 0 ? ["It gives:", table(["member", "type", "meaning"], given)] : []),
    ...(errors.length > 0 ? [["Errors:", "", ...errors.map((error) => `- ${error}`)].join("\n")] : []),
    ...(example ? [example] : []),
  ].join("\n\n");
}

function described(node: ts.FunctionDeclaration, symbol: ts.Symbol, checker: ts.TypeChecker): SdkFunction {
  const name = symbol.getName();
  const throwing = symbol.getJsDocTags(checker).filter((tag) => tag.name === "throws");
  const parameters = node.parameters.map((parameter, index) => {
    const named = ts.isIdentifier(parameter.name) ? parameter.name.text : (["args", "options"][index] ?? "more");
    const isOptional = parameter.initializer !== undefined || parameter.questionToken !== undefined;
    return `${named}${isOptional ? "?" : ""}: ${textOf(parameter.type)}`;
  });
  return {
    name,
    declaration: `${name}(${parameters.join(", ")}): ${textOf(node.type)}`,
    ...meaningAndExample(ts.displayPartsToString(symbol.getDocumentationComment(checker))),
    takes: node.parameters.flatMap(({ type }) => (type ? members(checker.getTypeFromTypeNode(type), checker) : [])),
    gives: node.type ? members(given(node.type, checker), checker) : [],
    errors: throwing.map((tag) => ts.displayPartsToString(tag.text).replace(/\s*\n\s*/g, " ")),
  };
}

/** What is in an output, and in a list: `Output<readonly Group[]>` gives groups. */
function given(node: ts.TypeNode, checker: ts.TypeChecker): ts.Type {
  const [inner] = ts.isTypeReferenceNode(node) ? (node.typeArguments ?? []) : [];
  const isOutput = ts.isTypeReferenceNode(node) && /(^|\.)Output$/.test(node.typeName.getText());
  const type = checker.getTypeFromTypeNode(isOutput && inner ? inner : node);
  return (checker.isArrayType(type) && checker.getTypeArguments(type as ts.TypeReference)[0]) || type;
}

/** The members of a type that this package declares, or derives from a table of kinds/. */
function members(type: ts.Type, checker: ts.TypeChecker): Member[] {
  return type.getProperties().flatMap((property) => {
    const row = rowOf(property);
    const [declaration] = row.declarations ?? [];
    if (declaration?.getSourceFile().fileName.includes("node_modules")) return [];
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const written = declaration && ts.isPropertySignature(declaration) ? declaration.type : undefined;
    const derived = checker.typeToString(checker.getTypeOfSymbol(property), undefined, ts.TypeFormatFlags.NoTruncation);
    const comment = ts.displayPartsToString(row.getDocumentationComment(checker)).replace(/\s*\n\s*/g, " ");
    const short = derived.replace(/ \| undefined$/, "").replace(/^DeepInput</, "pulumi.Input<");
    return [{ name: property.getName(), type: written?.getText() ?? short, meaning: comment, optional: isOptional }];
  });
}

/** Where a member comes from that a mapped type has made: the row of a table. The compiler knows, its types do not say. */
function rowOf(property: ts.Symbol): ts.Symbol {
  const { links }: { readonly links?: { readonly syntheticOrigin?: ts.Symbol } } = property as object;
  return links?.syntheticOrigin ?? property;
}

function textOf(node: ts.TypeNode | undefined): string {
  return node?.getText().replace(/\s*\n\s*/g, " ") ?? "unknown";
}
