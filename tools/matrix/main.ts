// Versions of the SDK, layouts of packages and forms of programs, each played on the real CLI: npm run test:matrix
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "../table";
import { elapsed } from "../terminal.mjs";
import { must, Unavailable } from "./commands";
import { engineSuite } from "./engineSuite";
import { forms, writeForm } from "./forms";
import { layouts, type Program } from "./layouts";
import { play } from "./play";
import { developedSdk, type Sdk, sdk, sdkVersions } from "./sdks";

/** A row of the table. */
interface Cell {
  readonly sdk: string;
  readonly layout: string;
  readonly form: string;
  readonly result: string;
  readonly time: string;
}

const cells: Cell[] = [];
/** Words that the name of a cell must hold, all of them: `npm run test:matrix -- 3.216.0 pnpm`. */
const wanted = process.argv.slice(2);

const isWanted = (...name: string[]) => wanted.every((word) => name.join(" ").split(" ").includes(word));

/** Does the work of one cell, or of several that need the same, and notes what came of it. */
async function noted<Result>(
  cell: Pick<Cell, "sdk" | "layout" | "form">,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const startedAt = performance.now();
  const note = (result: string) => {
    cells.push({ ...cell, result, time: elapsed(startedAt) });
    console.log(`  ${cell.sdk}, ${cell.layout}, ${cell.form}: ${result} (${elapsed(startedAt)})`);
  };
  try {
    const result = await work();
    if (result === undefined) note("passed");
    return result;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    note(error instanceof Unavailable ? `skipped: ${text}` : "failed");
    if (!(error instanceof Unavailable)) console.error(text);
    return undefined;
  }
}

async function playPrograms(found: Sdk, folder: string, tarball: string, tools: string): Promise<void> {
  const { version } = found;
  for (const layout of layouts) {
    const chosen = forms.filter((form) => isWanted(version, layout.name, form.name));
    if (chosen.length === 0) continue;
    const place = join(folder, `${version}-${layout.name.replace(" ", "-")}`);
    await mkdir(place);
    const names = chosen.map((form) => form.name).join(" and ");
    const program: Program | undefined = await noted({ sdk: version, layout: layout.name, form: names }, () =>
      layout.install(place, { sdk: version, tarball, tools }),
    );
    for (const form of program ? chosen : []) {
      await noted({ sdk: version, layout: layout.name, form: form.name }, async () => {
        await writeForm(program?.directory ?? place, form, program?.manifest ?? {});
        await play(program?.directory ?? place, found);
      });
    }
    await rm(place, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "apsaramq-mqtt-matrix-")));
  // Whatever a cell leaves behind when the whole is stopped lies in there.
  process.env.TMPDIR = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  const tools = join(folder, "tools");
  await mkdir(tools);
  const packed = await must(
    "npm",
    ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder],
    join(__dirname, "../.."),
  );
  const tarball = join(folder, packed.stdout.trim().split("\n").at(-1) ?? "");
  for (const version of await sdkVersions(folder)) {
    const found = await noted({ sdk: version, layout: "all", form: "all" }, () => sdk(version, tools));
    if (!found) continue;
    await playPrograms(found, folder, tarball, tools);
    const suite = { sdk: version, layout: "checkout", form: "engine suite" };
    // That of the developed version is a part of `npm test`.
    if (version !== developedSdk && isWanted(version, suite.layout, suite.form)) {
      await noted(suite, () => engineSuite(found, join(folder, `suite-${version}`)));
    }
  }
  const rows = cells.map(({ sdk: version, layout, form, result, time }) => [version, layout, form, result, time]);
  console.log(`\n${table(["@pulumi/pulumi", "layout", "program", "result", "time"], rows)}`);
  const results = cells.map(({ result }) => result);
  process.exitCode = results.includes("failed") || !results.includes("passed") ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
