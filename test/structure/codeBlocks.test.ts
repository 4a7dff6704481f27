import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { parse as parseCsv } from "csv-parse/sync";
import ts from "typescript";
import { parse as parseYaml } from "yaml";
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

/** What packages offer that are too large to install for an example each, as far as examples use it. */
const foreignPackages = `
declare module "@pulumi/vault" {
  import { CustomResource, CustomResourceOptions, Input } from "@pulumi/pulumi";
  export namespace kv {
    interface SecretV2Args { mount: Input<string>; name?: Input<string>; dataJson?: Input<string> }
    class SecretV2 extends CustomResource { constructor(name: string, args: SecretV2Args, opts?: CustomResourceOptions) }
  }
}
declare module "@pulumi/alicloud" {
  import { CustomResource, CustomResourceOptions, Input } from "@pulumi/pulumi";
  export namespace kms {
    interface SecretArgs { secretName: Input<string>; secretData: Input<string>; versionId: Input<string> }
    class Secret extends CustomResource { constructor(name: string, args: SecretArgs, opts?: CustomResourceOptions) }
  }
}
declare module "@pulumi/kubernetes" {
  import { CustomResource, CustomResourceOptions, Input } from "@pulumi/pulumi";
  export namespace core.v1 {
    interface SecretArgs {
      metadata?: Input<{ name?: Input<string>; namespace?: Input<string> }>;
      stringData?: Input<Record<string, Input<string>>>;
    }
    class Secret extends CustomResource { constructor(name: string, args?: SecretArgs, opts?: CustomResourceOptions) }
  }
}
declare module "vitest" {
  export function beforeAll(work: () => Promise<unknown>, timeout?: number): void;
  export function afterAll(work: () => Promise<unknown>, timeout?: number): void;
  export function it(title: string, work: () => Promise<unknown>): void;
  export function expect<T>(value: T): { toBe(value: T): void };
}
declare module "@jest/globals" {
  export { afterAll, beforeAll, expect, it } from "vitest";
}
`;

/** Files by name: the blocks as modules, those of a document in one folder, from which packages are found. */
function programFiles(): Map<string, string> {
  const blocks = documents.flatMap((document) =>
    codeBlocks(textOf(document)).flatMap(({ language, name, code, line }) => {
      // Lines as in the document, for the reader of a failure.
      const module = `${"\n".repeat(line - 1)}${code}\nexport {};`;
      const file = join(root, document, name === "" ? `${line}.ts` : name);
      return language === "ts" && name !== "nocheck" ? [[file, module] as const] : [];
    }),
  );
  return new Map([
    [join(root, "surroundings.d.ts"), surroundings],
    [join(root, "foreignPackages.d.ts"), foreignPackages],
    ...blocks,
  ]);
}

function faults(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // A fragment may leave unused what it shows.
  const unused = { noUnusedLocals: false, noUnusedParameters: false };
  const all = { ...options, ...unused, noEmit: true, types: ["node", "mocha"] };
  const host = ts.createCompilerHost(all);
  const { readFile, fileExists, getSourceFile } = host;
  const folders = new Set([...files.keys()].map(dirname));
  host.directoryExists = (folder) => folders.has(folder) || ts.sys.directoryExists(folder);
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

describe("Other blocks in the documents", () => {
  const blocks = documents.flatMap((document) =>
    codeBlocks(textOf(document)).map(({ line, ...block }) => ({ place: `${document}:${line}`, ...block })),
  );
  const faultsOf = (language: string, faultIn: (code: string) => string | undefined) =>
    blocks.flatMap(({ place, language: found, code }) => {
      const fault = found === language ? faultIn(code) : undefined;
      return fault === undefined ? [] : [`${place}: ${fault}`];
    });
  const faultOf = (read: () => unknown): string | undefined => {
    try {
      read();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  it("are JSON, YAML and CSV that can be read", () => {
    expect(faultsOf("json", (code) => faultOf(() => JSON.parse(code)))).to.deep.equal([]);
    expect(faultsOf("yaml", (code) => faultOf(() => parseYaml(code)))).to.deep.equal([]);
    expect(faultsOf("csv", (code) => faultOf(() => parseCsv(code)))).to.deep.equal([]);
  });

  it("are Python that compiles, where there is one", function () {
    const compile = "import sys; compile(sys.stdin.read(), 'block', 'exec')";
    if (spawnSync("python3", ["--version"]).error) this.skip();
    const faultIn = (code: string) => {
      const { status, stderr } = spawnSync("python3", ["-c", compile], { input: code, encoding: "utf8" });
      return status === 0 ? undefined : stderr;
    };
    expect(faultsOf("python", faultIn)).to.deep.equal([]);
  });
});
