import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A way to write a program: the files of a project named `test` beside what is installed. */
export interface Form {
  readonly name: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly runtimeOptions: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

/** The client id of the device that the programs make, which no program names in one piece. */
export const madeClientId = "GID_matrix@@@line-1";

const imports = `import { version } from "@pulumi/pulumi/version.js";
import * as mqtt from "pulumi-apsaramq-mqtt";
`;

/** A resource of each provider, one that depends on the other, a secret output, and a function. */
const body = `
const provider = new mqtt.Provider("own", { maxRequestsPerSecond: 50 });
const group = new mqtt.Group("group", { groupId: "GID_matrix" }, { provider });
const device = new mqtt.DeviceCredential("device", { groupId: group.groupId, deviceId: "line-1" });
export const password = device.mqttPassword;
export const username = mqtt.getDeviceCredential({ clientId: device.clientId }).mqttUsername;
export const sdk = version;
export const node = Reflect.get(globalThis, "process").version;
`;

const tsconfig = readFileSync(join(__dirname, "../../examples/quick-start/tsconfig.json"), "utf8");

export const typescript: Form = {
  name: "TypeScript",
  manifest: { main: "index.ts" },
  runtimeOptions: {},
  files: {
    "index.ts": `import * as pulumi from "@pulumi/pulumi";\n${imports}${body}
const _typed: [pulumi.Output<string>, pulumi.Output<string>] = [password, username];
`,
    "tsconfig.json": tsconfig,
  },
};

export const esm: Form = {
  name: "ESM",
  manifest: { type: "module", main: "index.js" },
  runtimeOptions: { typescript: false },
  files: { "index.js": `${imports}${body}\nawait Promise.resolve("a module may await at the top");\n` },
};

export const forms: readonly Form[] = [typescript, esm];

/** Writes a program into a folder, over one of another form; `dependencies` stay in its manifest. */
export async function writeForm(directory: string, form: Form, manifest: object): Promise<void> {
  const runtime = { name: "nodejs", options: { nodeargs: "--stack-trace-limit=5", ...form.runtimeOptions } };
  const all = {
    ...form.files,
    "Pulumi.yaml": JSON.stringify({ name: "test", runtime }),
    "package.json": JSON.stringify({ ...manifest, ...form.manifest }),
  };
  for (const [name, text] of Object.entries(all)) await writeFile(join(directory, name), text);
}
