import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { configuration } from "../../kinds/configuration";
import { codeBlocks, documents } from "../../tools/documents";
import { run } from "../cli/command";
import { type Command, commandsOf, optionsOf, scripts, syntaxFaults } from "./commands";
import { filesBelow, root, textOf } from "./sources";

const commands = scripts.filter((script) => syntaxFaults(script).length === 0).flatMap(commandsOf);

/** What a shell has itself, and programs that documents may ask for beside ours. */
const others = [
  ...["[", "cd", "echo", "exit", "export", "read", "set", "true", "umask", "unset"],
  ...[
    "apt-get",
    "base64",
    "cat",
    "cp",
    "curl",
    "gh",
    "head",
    "jq",
    "mkdir",
    "mosquitto_pub",
    "mqttx",
    "openssl",
    "pip",
    "printf",
    "redis-server",
    "tail",
    "tee",
    "vault",
  ],
  ...["pulumi", "npm", "npx", "node", "pytest"],
];

/** Programs of packages that npx runs, beside ours. */
const runners = ["jest", "mocha", "tsx", "vitest"];

const own = ["apsaramq-mqtt", "apsaramq-mqtt-emulator"];

/** A command by which it starts our own: by npx, in a checkout, or by itself. */
function ownCommand({ place, program, words }: Command): { place: string; program: string; words: string[] }[] {
  const [first = "", ...rest] = words;
  if (own.includes(program)) return [{ place, program, words: [...words] }];
  if (program === "npx" && own.includes(first)) return [{ place, program: first, words: rest }];
  if (program === "node" && first.endsWith("dist/cli/main.js"))
    return [{ place, program: "apsaramq-mqtt", words: rest }];
  return [];
}

/** The help of our commands, by their words. */
const helps = new Map<string, Promise<string>>();
function helpOf(program: string, words: readonly string[]): Promise<string> {
  const [first = "", second = ""] = words;
  const isEmulator = program === "apsaramq-mqtt-emulator" || first === "emulator";
  const subcommand = [
    program === "apsaramq-mqtt" && !first.startsWith("-") ? first : "",
    isEmulator && [first, second].includes("exec") && "exec",
  ];
  const asked = [...subcommand.filter((word) => word), "--help"] as string[];
  const key = [program, ...asked].join(" ");
  const file = join(root, program === "apsaramq-mqtt" ? "dist/cli/main.js" : "emulator/dist/main.js");
  const help = helps.get(key) ?? run(asked, { file }).then(({ code, output }) => (code === 0 ? output : ""));
  helps.set(key, help);
  return help;
}

describe("Commands that documents show", () => {
  it("are found, in blocks, in steps of workflows and in the prose", () => {
    expect(commands.length).to.be.greaterThan(100);
    expect(scripts.map(({ text }) => text)).to.include.members(["npm ci", "pulumi stack --show-urns"]);
  });

  it("are scripts that a shell takes", () => {
    expect(scripts.flatMap(syntaxFaults)).to.deep.equal([]);
  });

  it("call programs that there are", () => {
    const unknown = commands.filter(({ program }) => program !== "" && ![...others, ...own].includes(program));
    expect(unknown).to.deep.equal([]);
    const npx = commands.filter(({ program }) => program === "npx").map(({ words }) => words[0]);
    expect(npx.filter((name) => ![...own, ...runners].includes(name ?? ""))).to.deep.equal([]);
  });

  it("call our own with options that they have", async function () {
    this.timeout(20_000);
    const calls = commands.flatMap(ownCommand);
    expect(calls.length).to.be.greaterThan(15);
    for (const { place, program, words } of calls) {
      const help = await helpOf(program, words);
      const known = [...help.matchAll(/--?[a-z][\w-]*/g)].map(([option]) => option);
      expect(known, `${place}: ${program} ${words.join(" ")}`).to.include.members(["--help", ...optionsOf(words)]);
    }
  });

  it("call npm scripts that there are", () => {
    const { scripts: known }: { scripts: Record<string, string> } = JSON.parse(textOf("package.json"));
    const builtIn = ["ci", "install", "owner", "publish"];
    for (const { place, program, words } of commands) {
      if (program !== "npm") continue;
      const [first = "", second = ""] = words;
      if (builtIn.includes(first)) continue;
      const name = first === "run" ? second : first;
      expect(known, `${place}: npm ${words.join(" ")}`).to.have.property(name);
    }
  });

  it("set keys of the configuration that there are", () => {
    for (const { place, program, words } of commands) {
      const [command, verb = "", ...rest] = words;
      if (program !== "pulumi" || command !== "config" || !["set", "rm"].includes(verb)) continue;
      const [key = ""] = rest.filter((word) => !word.startsWith("--"));
      if (key === "") continue;
      const message = `${place}: ${key}`;
      if (key.startsWith("apsaramq:")) expect(configuration, message).to.have.property(key.slice("apsaramq:".length));
      else if (key.startsWith("alicloud:")) expect(textOf("provider/settings.ts"), message).to.contain(key.slice(9));
      else expect(programBeside(place), message).to.contain(`"${key.split(/[.[]/)[0]}"`);
    }
  });

  it("set variables that our own code or tests know", () => {
    const sources = ["provider", "kinds", "emulator", "cli", "tools", "test"]
      .flatMap(filesBelow)
      .map(textOf)
      .join("\n");
    for (const { place, variables } of commands) {
      for (const name of variables) expect(sources.includes(name), `${place}: ${name}`).to.equal(true);
    }
  });
});

/** The programs that a document shows, or that lie beside it: where a key of the stack's own is read. */
function programBeside(place: string): string {
  const document = place.replace(/:\d+$/, "");
  const shown = codeBlocks(textOf(document)).filter(({ language }) => language === "ts");
  return shown.map(({ code }) => code).join("") + textOf(document.replace(/[^/]+$/, "index.ts"));
}

describe("Blocks of code in documents", () => {
  it("are of a language that tests check", () => {
    const checked = ["sh", "ts", "json", "yaml", "csv", "python", "text"];
    const blocks = documents.flatMap((document) =>
      codeBlocks(textOf(document)).map((block) => ({ document, ...block })),
    );
    expect(blocks.filter(({ language }) => !checked.includes(language))).to.deep.equal([]);
    // What is made from types has no body to compile; it stands in the places that tools/reference fills in.
    const notCompiled = blocks.filter(({ name }) => name === "nocheck").map(({ document }) => document);
    expect([...new Set(notCompiled)]).to.deep.equal(["docs/reference/functions.md"]);
  });

  it("that are pictures are those of DESIGN.md, which have a test of their own", () => {
    const drawn = documents.filter((document) => codeBlocks(textOf(document)).some(({ name }) => name === "picture"));
    expect(drawn).to.deep.equal(["DESIGN.md"]);
  });

  it("that are a text show where what is: folders and files that there are", () => {
    for (const document of documents) {
      const folder = document.replace(/[^/]*$/, "");
      for (const { language, name, code } of codeBlocks(textOf(document))) {
        if (language === "text" && name !== "picture") expect(missingPlaces(folder, code), document).to.deep.equal([]);
      }
    }
  });
});

/** Names of a listing that lead nowhere: in each line those before two spaces, which belong to the line they are indented below. */
function missingPlaces(folder: string, listing: string): string[] {
  let above = "";
  return listing.split("\n").flatMap((line) => {
    const [, indent = "", names = ""] = line.match(/^( *)([\w./, ]+?)(?: {2}|$)/) ?? [];
    const paths = names.split(/,? /).filter(Boolean);
    if (indent === "") above = paths[0] ?? "";
    // A line that only goes on with the text of the one above is indented as far as that.
    if (indent.length > 4) return [];
    const parent = indent === "" ? folder : `${folder}${above}`;
    return paths.filter((path) => !["", ".ts"].some((end) => existsSync(join(root, parent, path + end))));
  });
}
