import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { npmSetting, startRegistry } from "../packages/registry";
import type { Tarball } from "../packages/tarballs";
import { ours } from "./ours";

const run = promisify(execFile);

/**
 * Installs both in an empty folder and loads them, as CommonJS and as ES modules.
 *
 * @param node the program that runs npm and loads them
 */
export async function installationFaults(node: string, tarballs: readonly Tarball[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "apsaramq-mqtt-install-"));
  try {
    await using registry = await startRegistry(tarballs);
    await writeFile(join(folder, "package.json"), "{}");
    const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
    const env = {
      ...Object.fromEntries(own),
      PATH: [dirname(node), process.env.PATH].join(delimiter),
      npm_config_registry: registry.url,
      npm_config_cache: await npmSetting("cache"),
      npm_config_engine_strict: "true",
    };
    const options = { cwd: folder, env };
    const names = ours.map(({ name }) => name);
    const { stderr } = await run("npm", ["install", "--no-audit", "--no-fund", ...names, "@pulumi/pulumi"], options);
    const warnings = stderr.split("\n").filter((line) => /EBADENGINE|deprecated|ERESOLVE/.test(line));
    for (const { name, command, imports } of ours) {
      const loads = `if (typeof ${imports} !== "function") process.exit(1);`;
      await run(node, ["-e", `const { ${imports} } = require("${name}"); ${loads}`], options);
      await run(node, ["--input-type=module", "-e", `import { ${imports} } from "${name}"; ${loads}`], options);
      await run(join(folder, "node_modules", ".bin", command), ["--version"], options);
    }
    return warnings;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return [(stderr || message).trim()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
