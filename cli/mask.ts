import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { Command } from "commander";
import { LineMask } from "./masking/lineMask";
import { linesOf } from "./masking/lines";
import { secretsOf } from "./masking/secretNames";

const help = `
Examples:
  set -o pipefail
  pulumi up --yes --json | apsaramq-mqtt mask
  pulumi up --yes -v=9 --logtostderr 2>&1 | apsaramq-mqtt mask

Hides the secrets of devices (deviceAccessKeySecret, mqttPassword) and of operators (accessKeySecret, securityToken,
secretKey) where they stand under their names, everything that Pulumi marks as secret, and from there on each of these
values wherever it stands: as it is, in JSON, in URLs, in base64. Secrets of the command's own environment
(ALIBABA_CLOUD_ACCESS_KEY_SECRET and the like) are known from the first line on. Values of less than 8 characters are
hidden under their names only.

A secret that is printed before it is named, or under other names only, is not recognised. Pass stderr through too
(2>&1); files that Pulumi writes pass by themselves: apsaramq-mqtt mask < file.

The exit code is 0 once the input has ended; with \`set -o pipefail\` that of the pipeline is Pulumi's, without it the
pipeline succeeds when Pulumi fails. An interrupt is left to Pulumi, and when nobody reads the output any more the input
is still read to its end: Pulumi would be killed in the middle of an update if its output were closed.`;

/** `apsaramq-mqtt mask`: a filter for the logs of pipelines. */
export function addMaskCommand(program: Command): void {
  program
    .command("mask")
    .description("hide secrets in Pulumi's output: pulumi up --json | apsaramq-mqtt mask")
    .addHelpText("after", help)
    .action(maskStandardInput);
}

async function maskStandardInput(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  await maskStream(process.stdin, process.stdout, new LineMask(secretsOf(process.env)));
}

async function maskStream(input: Readable, output: Writable, lineMask: LineMask): Promise<void> {
  let isRead = true;
  output.on("error", () => {
    isRead = false;
  });
  for await (const lines of linesOf(input)) {
    if (!isRead) continue;
    const text = lines.map((line) => lineMask.mask(line)).join("");
    if (!output.write(text, "latin1")) {
      await once(output, "drain").catch(() => {});
    }
  }
}
