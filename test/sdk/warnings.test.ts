import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { startEngine } from "./engine";
import { registrations } from "./program";

const device = { instanceId: "post-cn-1", clientId: "GID_line@@@a" };

/** What a program warns of. */
async function warningsOf(program: () => unknown, config: Readonly<Record<string, string>> = {}) {
  const engine = await startEngine();
  try {
    await registrations(program, { engine: engine.address, config });
    return engine.warnings;
  } finally {
    engine.close();
  }
}

const declared = (opts?: pulumi.CustomResourceOptions) => () => new mqtt.DeviceCredential("s", device, opts);

describe("A program is warned", () => {
  it("of a key of the configuration that means nothing, with the nearest that does", async () => {
    const config = { "apsaramq:maxRequestPerSecond": "5", "other:ifexist": "no", "apsaramq:region": "cn-hangzhou" };
    expect(await warningsOf(declared(), config)).to.deep.equal([
      "The configuration key apsaramq:maxRequestPerSecond means nothing to this provider. Did you mean apsaramq:maxRequestsPerSecond?",
    ]);
  });

  it("of each such key once, whatever has been warned of in an earlier program of the process", async () => {
    const program = () => {
      new mqtt.Provider("p", { region: "cn-one" });
      declared()();
    };
    const config = { "apsaramq:ifexists": "adopt" };
    for (const _round of [1, 2]) {
      expect(await warningsOf(program, config)).to.have.length(1);
    }
  });

  it("of timeouts that nobody keeps", async () => {
    expect(await warningsOf(declared({ customTimeouts: { create: "1m" } }))).to.deep.equal([
      'DeviceCredential "s": customTimeouts have no effect; requestTimeout of the configuration and awaitRegistration have.',
    ]);
  });

  it("of nothing else", async () => {
    expect(await warningsOf(declared())).to.deep.equal([]);
  });
});

describe("The import option", () => {
  for (const [kind, make] of [
    ["DeviceCredential", declared({ import: "post-cn-1/GID_line%40%40%40a" })],
    [
      "DeviceCertificate",
      () => new mqtt.DeviceCertificate("s", { caSn: "1", deviceSn: "2" }, { import: "post-cn-1/1/2" }),
    ],
  ] as const) {
    it(`of a ${kind} is refused with the way that works`, async () => {
      const error = await registrations(make).then(
        () => undefined,
        (failure: Error) => failure,
      );
      expect(error?.message).to.contain(`${kind} "s": the import option does not work`).and.to.contain('"adopt"');
    });
  }
});
