import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { fromRegistry, quietly } from "./commands";
import type { Sdk } from "./sdks";

const repository = join(__dirname, "..", "..");
/** What an installation or a build makes. */
const made = /^(node_modules|dist|\.git|\.tsbuildinfo)$/;

/** Runs all tests on the real engine in a copy of the checkout that has another version of the SDK. */
export async function engineSuite({ version, node }: Sdk, folder: string): Promise<void> {
  await cp(repository, folder, { recursive: true, filter: (source) => !made.test(basename(source)) });
  const install = ["install", "--save-dev", "--save-exact", `@pulumi/pulumi@${version}`];
  await fromRegistry("npm", [...install, ...quietly], folder);
  const env = { ...process.env, PATH: [node, process.env.PATH].join(delimiter) };
  const child = spawn(join(node, "node"), ["tools/run.mjs", "test", "test/engine"], {
    cwd: folder,
    env,
    stdio: "inherit",
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the tests on the engine ended with exit code ${code}`);
}
