import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { startEngine } from "./engine";
import { failureOf as failureIn, registrations as registrationsIn } from "./program";

type Stack = Parameters<typeof registrationsIn>[1];

/** Runs something with an engine of its own. */
async function withEngine<Result>(work: (stack: Stack) => Promise<Result>): Promise<Result> {
  const engine = await startEngine();
  try {
    return await work({ engine: engine.address });
  } finally {
    engine.close();
  }
}

/** What a program fails with. */
const failureOf = (program: () => unknown, stack?: Stack) =>
  withEngine(async (own) => {
    const error = await failureIn(program, { ...own, ...stack });
    return error instanceof Error ? error.message : error;
  });
const registrations = (program: () => unknown, stack?: Stack) =>
  withEngine((own) => registrationsIn(program, { ...own, ...stack }));

const whole = { instanceId: "post-cn-1", clientId: "GID_line@@@a" };
const parts = { instanceId: "post-cn-1", groupId: "GID_line", deviceId: "a" };
const config = { "apsaramq:instanceId": "post-cn-1" };

const twice =
  'DeviceCredential post-cn-1 GID_line@@@a is declared twice in this program, as "one" and as "two": remove one of the two.';

function both(
  one: mqtt.DeviceCredentialArgs,
  two: mqtt.DeviceCredentialArgs,
  optsOne?: pulumi.CustomResourceOptions,
  optsTwo = optsOne,
): void {
  new mqtt.DeviceCredential("one", one, optsOne);
  new mqtt.DeviceCredential("two", two, optsTwo);
}

/** This package as it is loaded when a program and a library of components each bring a copy. */
function anotherCopy(): typeof mqtt {
  const path = require.resolve("../../sdk/provider");
  const own = require.cache[path];
  delete require.cache[path];
  try {
    return require(path);
  } finally {
    require.cache[path] = own;
  }
}

describe("A device declared twice", () => {
  for (const preview of [true, false]) {
    it(`fails the program in ${preview ? "preview" : "apply"}`, async () => {
      const error = await failureOf(() => both(whole, whole), { preview });
      expect(error).to.equal(twice);
    });
  }

  it("is seen when one names the client id and the other its parts", async () => {
    expect(await failureOf(() => both(whole, parts))).to.equal(twice);
  });

  it("is seen when one takes the instance from the configuration", async () => {
    const { clientId } = whole;
    expect(await failureOf(() => both(whole, { clientId }), { config })).to.equal(twice);
  });

  it("is seen when the names come as outputs", async () => {
    const outputs = { instanceId: pulumi.output("post-cn-1"), groupId: pulumi.output("GID_line"), deviceId: "a" };
    expect(await failureOf(() => both(whole, outputs))).to.equal(twice);
  });

  it("is seen among certificates", async () => {
    const args = { instanceId: "post-cn-1", caSn: "00ca", deviceSn: "00a1" };
    const error = await failureOf(() => {
      new mqtt.DeviceCertificate("one", args);
      new mqtt.DeviceCertificate("two", args);
    });
    expect(error).to.contain("DeviceCertificate post-cn-1 00ca 00a1 is declared twice");
  });

  it("is seen with one explicit provider, whose instance both take", async () => {
    const { clientId } = whole;
    const error = await failureOf(() => {
      const provider = new mqtt.Provider("provider", { region: "cn-hangzhou", instanceId: "post-cn-1" });
      both({ clientId }, { clientId }, { provider });
    });
    expect(error).to.equal(twice);
  });

  it("is seen when the provider comes from the parents", async () => {
    const { clientId } = whole;
    const error = await failureOf(() => {
      const provider = new mqtt.Provider("provider", { region: "cn-hangzhou", instanceId: "post-cn-1" });
      const parent = new pulumi.ComponentResource("test:index:Site", "site", {}, { providers: [provider] });
      both({ clientId }, { clientId }, { parent }, { provider });
    });
    expect(error).to.equal(twice);
  });
});

/** The program that declares one device under two providers. */
function underTwo(one: mqtt.ProviderArgs, two: mqtt.ProviderArgs, args: mqtt.DeviceCredentialArgs = whole) {
  return () => {
    const providers = [new mqtt.Provider("one", one), new mqtt.Provider("two", two)] as const;
    both(args, args, { provider: providers[0] }, { provider: providers[1] });
  };
}

describe("A device declared under two providers", () => {
  const region = "cn-one";

  it("is declared twice when both are of one region", async () => {
    expect(await failureOf(underTwo({ region }, { region }))).to.equal(twice);
  });

  it("is declared twice when both are of one endpoint", async () => {
    const endpoint = "one.example.com";
    expect(await failureOf(underTwo({ endpoint }, { endpoint, region }))).to.equal(twice);
  });

  it("is declared twice when both are of one region, which one of them gives as an output", async () => {
    const program = underTwo({ region }, { region: pulumi.output(region) });
    expect(await failureOf(program)).to.equal(twice);
  });

  it("is declared twice when one provider is the stack's and the other of the stack's region", async () => {
    const program = () => {
      const provider = new mqtt.Provider("provider", { region });
      both(whole, whole, {}, { provider });
    };
    const error = await failureOf(program, { config: { "alicloud:region": region } });
    expect(error).to.equal(twice);
  });

  it("is declared once when their instances differ", async () => {
    const [one, two] = ["post-cn-1", "post-cn-2"].map((instanceId) => ({ region, instanceId }));
    expect(await registrations(underTwo(one ?? {}, two ?? {}, { clientId: "GID_line@@@a" }))).to.have.length(4);
  });

  it("is declared once when their regions differ", async () => {
    expect(await registrations(underTwo({ region }, { region: "cn-two" }))).to.have.length(4);
  });

  it("is declared once when their endpoints differ, though their region is one", async () => {
    const [one, two] = ["http://127.0.0.1:1", "http://127.0.0.1:2"].map((endpoint) => ({ region, endpoint }));
    expect(await registrations(underTwo(one ?? {}, two ?? {}))).to.have.length(4);
  });
});

describe("Devices declared once", () => {
  it("may differ in the client id alone", async () => {
    const found = await registrations(() => both(whole, { ...whole, clientId: "GID_line@@@b" }));
    expect(found).to.have.length(2);
  });

  it("may differ in the instance alone", async () => {
    expect(await registrations(() => both(whole, { ...whole, instanceId: "post-cn-2" }))).to.have.length(2);
  });

  it("may differ in the provider's region alone", async () => {
    const found = await registrations(() => {
      const [one, two] = [
        new mqtt.Provider("one", { region: "cn-one" }),
        new mqtt.Provider("two", { region: "cn-two" }),
      ];
      both(whole, whole, { provider: one }, { provider: two });
    });
    expect(found).to.have.length(4);
  });

  it("may differ in the region of a provider alone that another copy of the package has made", async () => {
    const error = await failureOf(
      () => {
        const provider = new (anotherCopy().Provider)("provider", { region: "cn-shanghai" });
        both(whole, whole, { provider }, {});
      },
      { config: { "apsaramq:region": "cn-hangzhou" } },
    );
    expect(error).to.equal(undefined);
  });

  it("may differ in the parents' provider alone", async () => {
    const site = (name: string) => {
      const provider = new mqtt.Provider(name, { region: `cn-${name}`, instanceId: `post-cn-${name}` });
      return new pulumi.ComponentResource("test:index:Site", name, {}, { providers: [provider] });
    };
    const { clientId } = whole;
    const found = await registrations(() =>
      both({ clientId }, { clientId }, { parent: site("one") }, { parent: site("two") }),
    );
    expect(found.filter(({ type }) => type.endsWith(":DeviceCredential"))).to.have.length(2);
  });

  it("may have names that are not known before apply", async () => {
    const deviceId = pulumi.output(pulumi.unknown as unknown as string);
    const program = () => both({ ...parts, deviceId }, { ...parts, deviceId });
    expect(await registrations(program, { preview: true })).to.have.length(2);
  });

  it("may be declared again by the next program of the same process", async () => {
    await registrations(() => new mqtt.DeviceCredential("one", whole));
    expect(await registrations(() => new mqtt.DeviceCredential("one", whole))).to.have.length(1);
  });
});
