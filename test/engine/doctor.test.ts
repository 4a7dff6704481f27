import { expect } from "chai";
import type { Report } from "../../cli/examining/report";
import { run } from "../cli/command";
import { describeWorld, instanceId, operatorKeys } from "./world";

describeWorld("apsaramq-mqtt doctor", (newWorld) => {
  it("reads what the selected stack configures by the real CLI, without a passphrase and without its secrets", async () => {
    const { stack, emulator } = await newWorld();
    await stack.config({ "apsaramq:accessKeyId": "LTAI-of-the-stack" });
    await stack.config({ "apsaramq:accessKeySecret": "planted-secret-of-the-stack" }, { secret: true });
    const { PULUMI_CONFIG_PASSPHRASE, ...environment } = stack.env;
    const { code, output, stdout } = await run(["doctor", "--json"], {
      cwd: stack.directory,
      env: { ...environment, ...operatorKeys(emulator) },
    });
    expect(code, output).to.equal(0);
    const { checks }: Report = JSON.parse(stdout);
    const seen = new Map(checks.map(({ name, status, text }) => [name, `${status}: ${text}`]));
    expect(seen.get("packages")).to.match(/^ok: /);
    expect(seen.get("pulumi")).to.match(/^ok: v3\./);
    expect(seen.get("stack")).to.contain("apsaramq:accessKeySecret (encrypted)").and.contain("apsaramq:instanceId");
    expect(seen.get("keys")).to.match(/^warning: apsaramq:accessKeySecret of the stack is encrypted and not read/);
    expect(seen.get("instance")).to.contain(`ok: ${instanceId} is there`);
    expect(output).not.to.contain("planted-secret-of-the-stack");
  });
});
