import { mkdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of this machine that no stack of ours may see: an operator's real keys, Pulumi's and Node's own. */
const foreignSetting = /^((ALIBABA_?CLOUD|ALICLOUD|PULUMI)_|NODE_OPTIONS$)/i;

/** The environment entry that all processes of a folder's stacks have, those that outlive a killed CLI too. */
export function pulumiHome(folder: string): { readonly PULUMI_HOME: string } {
  return { PULUMI_HOME: join(folder, "pulumi") };
}

/** The folder in which the backend keeps its files. */
export function backend(folder: string): string {
  return join(folder, "backend");
}

/** The folder for temporary files, by which provider processes also find each other. */
export function temporaryFolder(folder: string): string {
  return join(folder, "tmp");
}

/**
 * An environment for the CLI in which everything that it, the program and the provider process write goes into one
 * folder: home, backend and temporary files.
 *
 * @param bin the folder of the CLI
 * @param inherited what is passed on but for the settings of this machine
 */
export async function isolatedEnvironment(
  folder: string,
  bin: string,
  inherited: Environment = process.env,
): Promise<Record<string, string | undefined>> {
  const [home, tmp] = [join(folder, "home"), temporaryFolder(folder)];
  for (const name of [home, tmp, backend(folder)]) await mkdir(name);
  return {
    ...Object.fromEntries(Object.entries(inherited).filter(([name]) => !foreignSetting.test(name))),
    // The dynamic provider's launcher starts the first `node` on PATH: it should be the one that runs us.
    PATH: [bin, dirname(process.execPath), inherited.PATH].join(delimiter),
    HOME: home,
    TMPDIR: tmp,
    ...pulumiHome(folder),
    PULUMI_BACKEND_URL: `file://${backend(folder)}`,
    PULUMI_CONFIG_PASSPHRASE: "passphrase of a stack that is thrown away",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
