import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type Seed, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { secretMark, typeOf } from "../../kinds/inState";
import { formatId } from "../../kinds/resourceId";
import { type CommandResult, finished } from "../../tools/commandResult";
import { device as deviceOf, exportedState, type Imported } from "../../tools/stack/exportedState";
import { type PreviewedStep, previewed } from "../../tools/stack/previewed";
import { createCa } from "../../tools/x509";
import { run, start } from "./command";

type Props = Readonly<Record<string, unknown>>;

const instanceId = "post-cn-granted01";
const [groupId, clientId] = ["GID_line", "GID_line@@@a"];

/** A device that a stack has, with more inputs than name it. */
function device(inputs: Props = {}, on = instanceId): Imported {
  const one = deviceOf(on, clientId);
  return { ...one, inputs: { ...one.inputs, ...inputs } };
}

function resource(kind: string, key: readonly string[], inputs: Props = {}): Imported {
  return { type: typeOf(kind), name: key.join("-"), id: formatId(key), inputs, outputs: {} };
}

describe("apsaramq-mqtt policy", function () {
  this.timeout(30_000);

  const policyFrom = (state: object, ...args: string[]): Promise<CommandResult> => {
    const child = start(["policy", "-", ...args]);
    child.stdin.end(JSON.stringify(state));
    return finished(child);
  };
  const policyOf = (resources: readonly Imported[], ...args: string[]) => policyFrom(exportedState(resources), ...args);
  const printed = ({ code, stdout, output }: CommandResult) => {
    expect(code, output).to.equal(0);
    return JSON.parse(stdout);
  };
  const actionsIn = (result: CommandResult): string[] =>
    printed(result).Statement.flatMap(({ Action }: { Action: string[] }) => Action);

  it("prints what kinds take on an instance, written in each way that the vendor documents", async () => {
    const result = await run(["policy", "--instance", instanceId, "--kinds", "Group", "DeviceCredential"]);
    expect(result.stderr).to.equal("");
    expect(printed(result)).to.deep.equal({
      Version: "1",
      Statement: [
        {
          Effect: "Allow",
          Action: [
            "mq:CloseConnection",
            "mq:GetDeviceCredential",
            "mq:MqttInstanceAccess",
            "mq:RefreshDeviceCredential",
            "mq:RegisterDeviceCredential",
          ],
          Resource: ["acs:mq:*:*:instance/post-cn-granted01", "acs:mq:*:*:post-cn-granted01"],
        },
        {
          Effect: "Allow",
          Action: ["mq:CreateMqttGroupId", "mq:DeleteMqttGroupId", "mq:ListMqttGroupId"],
          Resource: [
            "acs:mq:*:*:groupId/post-cn-granted01/*",
            "acs:mq:*:*:instance/post-cn-granted01",
            "acs:mq:*:*:post-cn-granted01",
          ],
        },
      ],
    });
  });

  it("prints what a program is about to make takes, by its preview, also where values are not known yet", async () => {
    const made = { op: "create", kind: "DeviceCredential", name: "a" };
    const inputs = { ...deviceOf(instanceId, clientId).inputs };
    const ofPreview = (step: PreviewedStep) => policyFrom(previewed([step]));
    const close = "mq:CloseConnection";
    expect(actionsIn(await ofPreview({ ...made, inputs })))
      .to.include("mq:RegisterDeviceCredential")
      .and.not.to.include(close);
    expect(actionsIn(await ofPreview({ ...made, inputs: { ...inputs, closeConnection: true } }))).to.include(close);
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(actionsIn(await ofPreview({ ...made, inputs: { ...inputs, closeConnection: unknown } }))).to.include(close);
  });

  it("names what a preview does not tell, and says how it would", async () => {
    const steps = [{ op: "create", kind: "Group", name: "g", inputs: { instanceId, groupId } }];
    const whole = previewed(steps) as { changeSummary?: object };
    const { code, stderr } = await policyFrom({ ...whole, changeSummary: { create: 1, same: 7 } });
    expect(code).to.equal(3);
    expect(stderr).to.contain("let the preview say --show-sames");
  });

  it("prints names that differ from those of the actions, for a region and an account", async () => {
    const place = ["--region", "cn-hangzhou", "--account", "1000000000000001"];
    const result = await run(["policy", "--instance", instanceId, "--kinds", "CaCertificate", ...place]);
    expect(actionsIn(result)).to.include.members(["mq:RegisterCa", "mq:UnregisterCaCertificate"]);
    expect(printed(result).Statement[0].Resource).to.deep.equal([
      `acs:mq:cn-hangzhou:1000000000000001:instance/${instanceId}`,
      `acs:mq:cn-hangzhou:1000000000000001:${instanceId}`,
    ]);
  });

  it("lets who looks change nothing, and find objects of all kinds", async () => {
    const result = await policyOf([device()], "--role", "drift");
    expect(result.stderr).to.match(
      /^mq:MqttInstanceAccess, which looking takes, allows UnRegisterDeviceCredential too/,
    );
    const actions = actionsIn(result);
    expect(actions.filter((name) => !/^mq:(Get|List|Query)/.test(name))).to.deep.equal(["mq:MqttInstanceAccess"]);
    expect(actions).to.include.members(["mq:ListMqttGroupId", "mq:ListCaCertificate", "mq:QueryCustomAuthIdentity"]);
    const narrowed = await policyOf([device()], "--role", "drift", "--kinds", "DeviceCredential");
    expect(actionsIn(narrowed)).to.have.members([
      ...["mq:GetDeviceCredential", "mq:MqttInstanceAccess", "mq:ListMqttGroupId"],
    ]);
  });

  it("leaves out what only an input calls for that no resource has, and says so", async () => {
    const without = await policyOf([device()]);
    expect(actionsIn(without)).not.to.include("mq:CloseConnection");
    expect(without.stderr).to.equal("Left out: mq:CloseConnection, as no DeviceCredential has closeConnection true.\n");
    const ofTwo = await policyOf([device(), device({ closeConnection: true }, "post-cn-other")]);
    expect(actionsIn(ofTwo)).to.include("mq:CloseConnection");
    expect(ofTwo.stderr).to.equal("");
    const certificate = (deletionPolicy: Props) => [
      resource("DeviceCertificate", [instanceId, "00ca", "11"], { status: "active", ...deletionPolicy }),
    ];
    expect(actionsIn(await policyOf(certificate({})))).to.include("mq:DeleteDeviceCertificate");
    const kept = await policyOf(certificate({ deletionPolicy: "inactivate" }));
    expect(actionsIn(kept))
      .to.include("mq:UnregisterDeviceCertificate")
      .and.not.to.include("mq:DeleteDeviceCertificate");
    expect(kept.stderr).to.contain('as no DeviceCertificate has deletionPolicy left out or "delete"');
  });

  it("grants on each instance what is needed there, in one statement for those that are alike", async () => {
    const onThird = resource("CustomAuthConnectBlack", ["post-cn-third", "stolen"]);
    const state = [device(), device({}, "post-cn-other"), onThird];
    const { Statement } = printed(await policyOf(state));
    const instancesOf = ({ Resource }: { Resource: string[] }) => Resource.filter((name) => !name.includes("/"));
    expect(Statement.map(instancesOf)).to.deep.equal([
      ["acs:mq:*:*:post-cn-granted01", "acs:mq:*:*:post-cn-other"],
      ["acs:mq:*:*:post-cn-granted01", "acs:mq:*:*:post-cn-other"],
      ["acs:mq:*:*:post-cn-third"],
    ]);
    expect(Statement[2].Action).to.deep.equal([
      ...["mq:AddCustomAuthConnectBlack", "mq:DeleteCustomAuthConnectBlack"],
      ...["mq:MqttInstanceAccess", "mq:QueryCustomAuthConnectBlack"],
    ]);
  });

  it("lets what a program only reads be looked at, and its functions be called", async () => {
    const state = exportedState([device()], { external: true });
    expect(actionsIn(await policyFrom(state))).not.to.include("mq:RegisterDeviceCredential");
    const calling = await policyFrom(state, "--functions", "querySessions");
    expect(actionsIn(calling)).to.include("mq:BatchQuerySessionByClientIds");
  });

  it("says what each right is for, and prints no secret", async () => {
    const secret = { ...secretMark, plaintext: '"a-secret"' };
    const leaky = { ...device({ closeConnection: secret }), outputs: { deviceAccessKeySecret: secret } };
    const result = await policyOf([leaky], "--explain");
    // An input that is secret cannot be told, so it may call for the right.
    expect(actionsIn(result)).to.include("mq:CloseConnection");
    expect(result.stderr)
      .to.contain("mq:MqttInstanceAccess: UnRegisterDeviceCredential (DeviceCredential)")
      .and.to.contain("mq:ListMqttGroupId: ListGroupId (DeviceCredential)");
    expect(result.output).not.to.contain("a-secret");
  });

  it("refuses wrong arguments, and what there is nothing to grant for", async () => {
    for (const wrong of [
      ["--role", "admin"],
      ["--instance", "post cn"],
      ["--instance", "*"],
      ["--instance", instanceId, "--kinds", "Topic"],
      ["--instance", instanceId, "--account", "1:*"],
    ]) {
      const { code, stdout } = await run(["policy", ...wrong]);
      expect({ code, stdout }, wrong.join(" ")).to.deep.equal({ code: 2, stdout: "" });
    }
    const nothing = await policyOf([]);
    expect(nothing).to.include({ code: 1, stdout: "" });
    expect(nothing.stderr).to.contain("there is nothing to grant");
  });

  it("tells what of a state it cannot tell", async () => {
    const { code, stderr } = await policyOf([device(), resource("Topic", [instanceId, "demo"])]);
    expect(code).to.equal(3);
    expect(stderr).to.contain("knows no Topic");
    const odd = await policyOf([device(), { ...device(), name: "odd", id: "odd" }]);
    expect(odd.code).to.equal(3);
    expect(odd.stderr).to.contain("its id odd names no instance");
    expect(JSON.parse(odd.stdout).Statement).to.have.lengthOf(2);
  });

  describe("for drift", () => {
    let folder: string;
    let emulator: Emulator;
    const environment = () => ({
      ...process.env,
      ALICLOUD_ACCESS_KEY: emulator.accessKeyId,
      ALICLOUD_SECRET_KEY: emulator.accessKeySecret,
      APSARAMQ_ENDPOINT: emulator.endpoint,
    });
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "policy-"));
      const policy = printed(await policyOf([device()], "--role", "drift"));
      emulator = await startEmulator({ seed: await plant(policy) });
    });
    afterEach(async () => {
      await emulator.close();
      rmSync(folder, { recursive: true });
    });

    it("suffices for apsaramq-mqtt adopt, secrets included", async () => {
      const { code, output } = await run(["adopt", "--instance", instanceId, "--secrets"], {
        cwd: folder,
        env: environment(),
      });
      expect(code, output).to.equal(0);
    });

    it("suffices for apsaramq-mqtt drift, strays and lost holders included", async () => {
      const lost = resource("DeviceCertificate", [instanceId, "0f", "11"], { caSn: "0f", deviceSn: "11" });
      writeFileSync(join(folder, "state.json"), JSON.stringify(exportedState([device(), lost])));
      const { code, output } = await run(["drift", "state.json", "--verify-secrets"], {
        cwd: folder,
        env: environment(),
      });
      expect(code, output).to.equal(4);
      expect(output).to.contain("stray").and.not.to.contain("PermissionCheck");
      expect(emulator.journal().filter(({ code }) => /Permission|OwnerCheck/.test(code ?? ""))).to.deep.equal([]);
    });
  });
});

type Policy = NonNullable<NonNullable<Seed["accessKeys"]>[number]["policy"]>;

/** An instance with something of each kind, whose operator has these rights alone. */
async function plant(policy: Policy): Promise<Seed> {
  const ca = await createCa({ commonName: "Line CA" });
  const gateway = await ca.device({ commonName: "gateway-1" });
  return {
    accessKeys: [{ accessKeyId: "viewer", accessKeySecret: "viewer-secret", policy }],
    instances: [
      {
        instanceId,
        groups: [{ groupId }],
        credentials: [{ clientId }],
        caCertificates: [{ caName: "line", caContent: ca.pem, deviceCertificates: [{ deviceContent: gateway.pem }] }],
        customAuthIdentities: [{ identityType: "USER", username: "meter", signMode: "ORIGIN", secret: "secret" }],
        customAuthPermissions: [
          { identityType: "USER", identity: "meter", topic: "demo/#", permitAction: "PUB", effect: "ALLOW" },
        ],
        customAuthConnectBlacks: [{ clientId: "GID_line@@@stolen" }],
      },
    ],
  };
}
