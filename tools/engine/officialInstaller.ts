import { startProgress } from "./progress";
import { pinnedCli } from "./versions";

const installer = "https://get.pulumi.com/install.sh";
const giveUpAfterMs = 5_000;

/** Why the official installer cannot run here, or undefined when it can. */
export async function whyNoInstaller(): Promise<string | undefined> {
  const host = new URL(installer).host;
  try {
    const answer = await fetch(installer, { method: "HEAD", signal: AbortSignal.timeout(giveUpAfterMs) });
    return answer.ok ? undefined : `${host} answers with HTTP ${answer.status}`;
  } catch {
    return `${host} does not answer`;
  }
}

/** Installs the CLI and its language hosts into `bin/` of the folder `root`. */
export async function installOfficial(root: string): Promise<void> {
  const progress = startProgress("Installing the Pulumi CLI with the official installer, about a minute");
  try {
    // Loaded here only: they take a second, and nobody else needs them.
    const [{ PulumiCommand }, { SemVer }] = await Promise.all([
      import("@pulumi/pulumi/automation/index.js"),
      import("semver"),
    ]);
    await PulumiCommand.install({ root, version: new SemVer(pinnedCli) });
  } finally {
    progress.stop();
  }
}
