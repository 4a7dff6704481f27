import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { codeBlocks, documents } from "../../tools/documents";
import { expectNone } from "./expectNone";
import { root, textOf } from "./sources";

/** What readers of a fragment have in their programs: a block that declares or imports it itself has its own. */
const surroundings = `
declare const mqtt: typeof import("pulumi-apsaramq-mqtt");
declare const pulumi: typeof import("@pulumi/pulumi");
declare const readFileSync: typeof import("node:fs").readFileSync;
declare const instanceId: string, clientId: string, caSn: string, deviceSn: string, caContent: string;
declare const ca: import("pulumi-apsaramq-mqtt").CaCertificate;
declare function signInOurVault(registrationCode: string): Promise<string>;
`;

/** Files by name: the blocks as modules of a folder in the repository, where packages are found. */
function programFiles(): Map<string, string> {
  const blocks = documents.flatMap((document) =>
    codeBlocks(textOf(document)).flatMap(({ language, code, line }) => {
      // Lines as in the document, for the reader of a failure.
      const module = `${"\n".repeat(line - 1)}${code}\nexport {};`;
      return language === "ts" ? [[join(root, `${document}.${line}.ts`), module] as const] : [];
    }),
  );
  return new Map([[join(root, "surroundings.d.ts"), surroundings], ...blocks]);
}

function faults(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // A fragment may leave unused what it shows.
  const all = { ...options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(all);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], all, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file
      ? `${file.fileName.slice(root.length + 1)} line ${file.getLineAndCharacterOfPosition(start).line + 1}`
      : "";
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

describe("Blocks of TypeScript in the documents", () => {
  it("are programs that the compiler takes", function () {
    this.timeout(60_000);
    const files = programFiles();
    expect(files.size).to.be.greaterThan(10);
    expectNone(
      faults(files),
      "Mend these blocks; what every fragment may take for granted is in `surroundings` of this test",
    );
  });
});
