import { Allowance } from "../../machine/allowance";

/** A process that sends as many requests as it may, prints a line for each, and never ends. */
async function main(temporaryFolder = ""): Promise<void> {
  const allowance = new Allowance({ domain: "service", warn: console.error, temporaryFolder });
  const limiter = allowance.limiter("all", 300);
  for (;;) {
    await limiter();
    process.stdout.write("sent\n");
  }
}

void main(...process.argv.slice(2));
