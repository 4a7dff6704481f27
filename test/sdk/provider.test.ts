import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readSettings } from "../../provider/settings";
import * as mqtt from "../../sdk";
import { registrations } from "./program";

const stackConfig = {
  "apsaramq:region": "cn-stack",
  "apsaramq:endpoint": "stack.example.com",
  "apsaramq:instanceId": "post-cn-stack",
  "apsaramq:profile": "stack",
  "apsaramq:maxRequestsPerSecond": "50",
  "apsaramq:requestTimeout": "5s",
};

/** What the provider process of an explicit provider is configured with. */
async function configuration(args: mqtt.ProviderArgs, config: Readonly<Record<string, string>> = {}) {
  const [provider] = await registrations(() => new mqtt.Provider("provider", args), { config });
  expect(provider?.type).to.equal("pulumi:providers:pulumi-nodejs");
  return provider?.inputs;
}

/** A secret as it goes to the engine. */
function secret(value: string): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

describe("Provider", () => {
  it("hands its arguments on as the configuration of its own process", async () => {
    const args = {
      region: "cn-own",
      endpoint: "own.example.com",
      instanceId: "post-cn-own",
      profile: "own",
      maxRequestsPerSecond: 10,
      requestTimeout: "1s",
    };
    expect(await configuration(args, stackConfig)).to.deep.equal({
      "apsaramq:region": "cn-own",
      "apsaramq:endpoint": "own.example.com",
      "apsaramq:instanceId": "post-cn-own",
      "apsaramq:profile": "own",
      "apsaramq:maxRequestsPerSecond": "10",
      "apsaramq:requestTimeout": "1s",
    });
  });

  it("takes what it is not given from the stack", async () => {
    expect(await configuration({}, stackConfig)).to.deep.equal(stackConfig);
  });

  it("takes neither endpoint nor instance of the stack when it has a region of its own", async () => {
    const { "apsaramq:endpoint": _endpoint, "apsaramq:instanceId": _instance, ...others } = stackConfig;
    expect(await configuration({ region: "cn-own" }, stackConfig)).to.deep.equal({
      ...others,
      "apsaramq:region": "cn-own",
    });
  });

  it("takes neither region nor instance of the stack when it has an endpoint of its own", async () => {
    const { "apsaramq:region": _region, "apsaramq:instanceId": _instance, ...others } = stackConfig;
    const config = { ...stackConfig, "alicloud:region": "cn-shared" };
    expect(await configuration({ endpoint: "own.example.com" }, config)).to.deep.equal({
      ...others,
      "apsaramq:endpoint": "own.example.com",
    });
  });

  it("takes region and endpoint of the stack when it has no more than an instance of its own", async () => {
    expect(await configuration({ instanceId: "post-cn-own" }, stackConfig)).to.deep.equal({
      ...stackConfig,
      "apsaramq:instanceId": "post-cn-own",
    });
  });

  for (const [what, rate] of [
    ["a number", 10],
    ["an output", pulumi.output(10)],
  ] as const) {
    it(`reaches the provider with a rate that is given as ${what}`, async () => {
      const inputs = await configuration({ region: "cn-own", maxRequestsPerSecond: rate });
      expect(inputs).to.deep.equal({ "apsaramq:region": "cn-own", "apsaramq:maxRequestsPerSecond": "10" });
      const settings = readSettings(
        (key) => inputs?.[key] as string | undefined,
        () => undefined,
      );
      expect(settings).to.have.property("maxRequestsPerSecond", 10);
    });
  }

  it("takes no other key of the stack when it has one of its own", async () => {
    const keys = { accessKeyId: "own", accessKeySecret: "own-secret" };
    const inputs = await configuration(keys, { "apsaramq:securityToken": "token", "alicloud:profile": "stack" });
    expect(inputs).to.deep.equal({
      "apsaramq:accessKeyId": "own",
      "apsaramq:accessKeySecret": secret("own-secret"),
    });
  });

  it("hands the keys of pulumi-alicloud on under their own names", async () => {
    const config = { "alicloud:region": "cn-shared", "alicloud:accessKey": "shared", "alicloud:secretKey": "secret" };
    expect(await configuration({}, config)).to.deep.equal({ ...config, "alicloud:secretKey": secret("secret") });
  });

  it("hands on what holds for the whole stack", async () => {
    expect(await configuration({ region: "cn-own" }, { "apsaramq:ifExists": "adopt" })).to.deep.equal({
      "apsaramq:region": "cn-own",
      "apsaramq:ifExists": "adopt",
    });
  });

  it("marks the stack's secrets as secret", async () => {
    const config = {
      "apsaramq:accessKeySecret": "a",
      "apsaramq:securityToken": "b",
      "alicloud:securityToken": "c",
      "apsaramq:limiterUrl": "d",
    };
    expect(await configuration({}, config)).to.deep.equal({
      "apsaramq:accessKeySecret": secret("a"),
      "apsaramq:securityToken": secret("b"),
      "alicloud:securityToken": secret("c"),
      "apsaramq:limiterUrl": secret("d"),
    });
  });

  for (const [what, args, config, location] of [
    [
      "its endpoint",
      { region: "cn-own", endpoint: "own.example.com" },
      stackConfig,
      { region: "cn-own", endpoint: "own.example.com" },
    ],
    ["its region", { region: "cn-own" }, stackConfig, { region: "cn-own" }],
    ["the stack's endpoint", {}, stackConfig, { region: "cn-stack", endpoint: "stack.example.com" }],
    ["the stack's region", {}, { "alicloud:region": "cn-shared" }, { region: "cn-shared" }],
    ["nothing", {}, {}, {}],
  ] as const) {
    it(`tells where it is by ${what}`, async () => {
      let provider: mqtt.Provider | undefined;
      await registrations(
        () => {
          provider = new mqtt.Provider("provider", args);
        },
        { config },
      );
      const { instanceId: _instanceId, ...found } = provider?.location ?? {};
      expect(JSON.parse(JSON.stringify(found))).to.deep.equal(location);
    });
  }

  it("tells its instance", async () => {
    let provider: mqtt.Provider | undefined;
    await registrations(() => {
      provider = new mqtt.Provider("provider", { instanceId: "post-cn-own" });
    });
    expect(provider?.instanceId).to.equal("post-cn-own");
  });
});
