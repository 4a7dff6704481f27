import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromRegistry, must, quietly } from "./commands";

/** What is installed, and from where. */
export interface Packages {
  /** Version of `@pulumi/pulumi`. */
  readonly sdk: string;
  /** Our package as `npm pack` makes it. */
  readonly tarball: string;
  /** A folder for tools of the matrix itself. */
  readonly tools: string;
}

/** A way in which packages lie around a program. */
export interface Layout {
  readonly name: string;
  /** Installs everything into a new folder and gives the program's own folder. */
  readonly install: (folder: string, packages: Packages) => Promise<Program>;
}

export interface Program {
  readonly directory: string;
  readonly manifest: object;
}

const ownName = "pulumi-apsaramq-mqtt";

async function manifestFor({ sdk }: Packages, own: string): Promise<object> {
  const { devDependencies } = JSON.parse(await readFile(join(__dirname, "../../package.json"), "utf8"));
  return {
    name: "program",
    version: "1.0.0",
    private: true,
    dependencies: { "@pulumi/pulumi": sdk, [ownName]: own },
    devDependencies: { typescript: devDependencies.typescript },
  };
}

const npm: Layout = {
  name: "npm",
  async install(folder, packages) {
    const manifest = await manifestFor(packages, `file:${packages.tarball}`);
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await fromRegistry("npm", ["install", ...quietly], folder);
    return { directory: folder, manifest };
  },
};

const pnpm: Layout = {
  name: "pnpm",
  async install(folder, packages) {
    const manifest = await manifestFor(packages, `file:${packages.tarball}`);
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await fromRegistry("npm", ["install", ...quietly, "--prefix", packages.tools, "pnpm"], packages.tools);
    const command = join(packages.tools, "node_modules", ".bin", "pnpm");
    await fromRegistry(command, ["install", "--ignore-scripts", "--reporter=append-only"], folder);
    return { directory: folder, manifest };
  },
};

/** A monorepo in which our package is a member: what the program finds under its name is a link to a folder beside it. */
const workspace: Layout = {
  name: "workspace link",
  async install(folder, packages) {
    const [own, directory] = [join(folder, "packages", ownName), join(folder, "packages", "program")];
    await mkdir(directory, { recursive: true });
    await must("tar", ["-xzf", packages.tarball], folder);
    await cp(join(folder, "package"), own, { recursive: true });
    const { devDependencies, workspaces, scripts, ...member } = JSON.parse(
      await readFile(join(own, "package.json"), "utf8"),
    );
    await writeFile(join(own, "package.json"), JSON.stringify(member));
    const manifest = await manifestFor(packages, member.version);
    await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
    const root = { name: "monorepo", private: true, workspaces: ["packages/*"] };
    await writeFile(join(folder, "package.json"), JSON.stringify(root));
    await fromRegistry("npm", ["install", ...quietly], folder);
    return { directory, manifest };
  },
};

export const layouts: readonly Layout[] = [npm, pnpm, workspace];
