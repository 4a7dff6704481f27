import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { type Emulator, type Seed, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { subset } from "semver";
import type { Report, Status } from "../../cli/examining/report";
import { isIn } from "../../cli/examining/versions";
import { serviceActions } from "../../kinds/serviceActions";
import { Allowance } from "../../machine/allowance";
import { run } from "./command";

type Instance = NonNullable<Seed["instances"]>[number];

const repository = join(__dirname, "..", "..");
const instanceId = "post-cn-doctor0001";
const planted = ["planted-operator-secret", "planted-wrong-secret", "planted-limiter", "planted-token", "planted-half"];
const schema = JSON.parse(readFileSync(join(repository, "docs/schemas/doctor.json"), "utf8"));
const validate = addFormats(new Ajv2020({ strict: true })).compile(schema);

describe("apsaramq-mqtt doctor", function () {
  this.timeout(60_000);

  let folder: string;
  let emulator: Emulator;
  /** All that was printed. */
  const printed: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "doctor-"));
    for (const name of ["home", "tmp", "bin", "plant/node_modules/@pulumi"]) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    writeFileSync(join(folder, "plant", "Pulumi.yaml"), "name: plant\nruntime: nodejs\n");
    const modules = join(folder, "plant", "node_modules");
    symlinkSync(repository, join(modules, "pulumi-apsaramq-mqtt"));
    symlinkSync(join(repository, "node_modules/@pulumi/pulumi"), join(modules, "@pulumi/pulumi"));
    cli("v3.259.0", {});
  });
  afterEach(async () => {
    await emulator?.close();
    rmSync(folder, { recursive: true });
  });
  after(() => {
    for (const secret of planted) expect(printed.join("\n")).not.to.contain(secret);
  });

  async function serve(instance: Partial<Instance> = {}, token: object = {}): Promise<Emulator> {
    emulator = await startEmulator({
      seed: {
        accessKeys: [{ accessKeyId: "LTAI-doctor-0123456789", accessKeySecret: "planted-operator-secret", ...token }],
        instances: [{ instanceId, groups: [{ groupId: "GID_line" }], ...instance }],
      },
    });
    return emulator;
  }

  /** Puts a CLI on PATH that knows two answers. */
  function cli(version: string, config: object | string): void {
    const file = join(folder, "bin", "pulumi");
    const answer = typeof config === "string" ? `echo '${config}' >&2; exit 255` : `echo '${JSON.stringify(config)}'`;
    writeFileSync(file, `#!/bin/sh\ncase "$1" in version) echo ${version};; *) ${answer};; esac\n`);
    chmodSync(file, 0o755);
  }

  const keys = { ALICLOUD_ACCESS_KEY: "LTAI-doctor-0123456789", ALICLOUD_SECRET_KEY: "planted-operator-secret" };

  interface Place {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
  }

  async function doctor(args: readonly string[], { env = keys, cwd = "plant" }: Place = {}) {
    const result = await run(["doctor", ...args], {
      cwd: join(folder, cwd),
      env: {
        PATH: `${join(folder, "bin")}:${dirname(process.execPath)}:/bin:/usr/bin`,
        HOME: join(folder, "home"),
        TMPDIR: join(folder, "tmp"),
        ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
        ...env,
      },
    });
    printed.push(result.output);
    return result;
  }

  /** The checks by their names, as JSON has them. */
  async function checks(args: readonly string[], place?: Place) {
    const { code, stdout, output } = await doctor([...args, "--json"], place);
    const report: Report = JSON.parse(stdout || JSON.stringify(output));
    expect(validate(report), JSON.stringify(validate.errors)).to.equal(true);
    const found = new Map(report.checks.map((check) => [check.name, check]));
    return {
      code,
      names: [...found.keys()],
      text: (name: string) => found.get(name)?.text ?? expect.fail(`no ${name}`),
      are: (status: Status) => report.checks.filter((check) => check.status === status).map(({ name }) => name),
    };
  }

  const here = ({ endpoint }: Emulator) => ["--endpoint", endpoint, "--instance", instanceId];

  it("finds nothing where all is well, by looks that change nothing, one of them billed", async () => {
    const { endpoint, journal } = await serve();
    cli("v3.259.0", {
      "apsaramq:endpoint": { value: endpoint, secret: false },
      "apsaramq:instanceId": { value: instanceId, secret: false },
      "plant:password": { secret: true },
    });
    const before = JSON.stringify(emulator.state());
    const { code, stdout } = await doctor([]);
    expect(code, stdout).to.equal(0);
    expect(stdout.split("\n").slice(0, -1)).to.have.length(15);
    expect(stdout.replace(/ +/g, " ").split("\n")).to.include.members([
      "ok stack it configures apsaramq:endpoint, apsaramq:instanceId",
      `ok configuration endpoint ${endpoint} from apsaramq:endpoint of the stack, instance ${instanceId} from apsaramq:instanceId of the stack`,
      "ok keys LTAI...6789, from the variable ALICLOUD_ACCESS_KEY",
      "ok clock right",
      `ok instance ${instanceId} is there, groups: 1 (ListGroupId, billed as one message)`,
      "ok certificates the instance takes them",
      "ok rights to read all that were tried",
    ]);
    expect(stdout.match(/^(warning|failed)/gm)).to.equal(null);
    expect(stdout.match(/^not looked at/gm)).to.have.length(1);
    expect(JSON.stringify(emulator.state())).to.equal(before);
    const done = journal().filter(({ status }) => status === 200);
    const billed = done.filter(({ action }) => (serviceActions as Record<string, { billed: boolean }>)[action]?.billed);
    expect(billed.map(({ action }) => action)).to.deep.equal(["ListGroupId"]);
    expect(
      journal().filter(({ action }) => /^(Register|Refresh|UnRegister|Create|Delete|Add|Update)/.test(action)),
    ).to.deep.equal([]);
  });

  describe("finds", () => {
    it("a region that is none", async () => {
      const { code, are, text } = await checks(["--region", "Hangzhou"]);
      expect(code).to.equal(4);
      expect(are("failed")).to.deep.equal(["configuration"]);
      expect(text("configuration")).to.match(/^apsaramq:region must be a region id such as cn-hangzhou/);
      expect(are("not looked at")).to.include.members(["keys", "endpoint", "clock", "instance", "rights to read"]);
    });

    it("a proxy that does not answer, by the name of its variable", async () => {
      const env = { ...keys, HTTPS_PROXY: "http://127.0.0.1:1" };
      const { code, are, text } = await checks(["--region", "cn-hangzhou", "--instance", instanceId], { env });
      expect(code).to.equal(4);
      expect(are("failed")).to.deep.equal(["endpoint"]);
      expect(text("endpoint")).to.contain("ECONNREFUSED").and.contain("HTTPS_PROXY").and.contain("apsaramq:region");
    });

    it("an endpoint that is something else", async () => {
      const server = createServer((_, response) => response.end("<html>")).listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const { port } = server.address() as AddressInfo;
        const { are, text } = await checks(["--endpoint", `http://127.0.0.1:${port}`]);
        expect(are("failed")).to.deep.equal(["endpoint"]);
        expect(text("endpoint")).to.contain("no answer of the service");
      } finally {
        server.close();
      }
    });

    for (const [title, ms, status] of [
      ["20 minutes behind", -1_200_000, "failed"],
      ["20 minutes ahead", 1_200_000, "failed"],
      ["5 minutes behind", -300_000, "warning"],
    ] as const) {
      it(`a clock that is ${title}`, async () => {
        const shift = join(folder, "shift.cjs");
        writeFileSync(
          shift,
          `const { Date: Real } = globalThis;
          globalThis.Date = class extends Real {
            constructor(...args) { args.length ? super(...args) : super(Real.now() + ${ms}); }
            static now() { return Real.now() + ${ms}; }
          };`,
        );
        const { code, are, text } = await checks(here(await serve()), {
          env: { ...keys, NODE_OPTIONS: `--require ${shift}` },
        });
        expect(are(status)).to.deep.equal(["clock"]);
        expect(text("clock")).to.match(/^this machine's clock is \d+ s (behind|ahead of) the service's. Set it/);
        expect(text("clock")).to.contain(ms < 0 ? "behind" : "ahead of");
        expect(code).to.equal(status === "failed" ? 4 : 0);
      });
    }

    for (const [title, env, code] of [
      ["a wrong secret", { ...keys, ALICLOUD_SECRET_KEY: "planted-wrong-secret" }, "SignatureDoesNotMatch"],
      ["a key that does not exist", { ...keys, ALICLOUD_ACCESS_KEY: "LTAI-other" }, "InvalidAccessKeyId.NotFound"],
    ] as const) {
      it(title, async () => {
        const { are, text } = await checks(here(await serve()), { env });
        expect(are("failed")).to.deep.equal(["instance"]);
        expect(text("instance")).to.contain(code).and.contain("Check the operator's access key");
      });
    }

    it("a token that has expired", async () => {
      const service = await serve({}, { securityToken: "planted-token" });
      service.faults.add({ action: "ListGroupId", code: "InvalidSecurityToken.Expired" });
      const env = { ...keys, ALICLOUD_SECURITY_TOKEN: "planted-token" };
      const { are, text } = await checks(here(service), { env });
      expect(are("failed")).to.deep.equal(["instance"]);
      expect(text("keys")).to.contain("with a security token");
      expect(text("instance")).to.contain("temporary credentials have expired");
    });

    it("an instance that does not exist", async () => {
      const { code, are, text } = await checks([...here(await serve()), "--instance", "post-cn-other00001"]);
      expect(code).to.equal(4);
      expect(are("failed")).to.deep.equal(["instance"]);
      expect(text("instance")).to.contain("Check the instance id, that the region is the instance's own");
    });

    it("no failure in an edition that offers less, but says so", async () => {
      const service = await serve({ edition: "standard" });
      service.faults.add({ action: "ListCaCertificate", code: "ApiNotSupport" });
      const { code, text } = await checks(here(service));
      expect(code).to.equal(0);
      expect(text("certificates")).to.contain("this edition of the instance takes none");
      expect(text("rights to read")).to.contain("this edition does not offer QueryCustomAuthIdentity");
    });

    it("rights that are missing", async () => {
      const service = await serve();
      for (const action of ["QueryCustomAuthIdentity", "GetDeviceCredential", "ListCaCertificate"]) {
        service.faults.add({ action, code: "NoPermission" });
      }
      const { code, are, text } = await checks(here(service));
      expect(code).to.equal(0);
      expect(are("warning")).to.deep.equal(["certificates", "rights to read"]);
      expect(text("certificates")).to.contain("mq:ListCaCertificate is missing");
      expect(text("rights to read")).to.match(/^mq:GetDeviceCredential, mq:QueryCustomAuthIdentity are missing/);

      service.faults.add({ action: "ListGroupId", code: "NoPermission" });
      expect((await checks(here(service))).are("failed")).to.deep.equal(["instance"]);
    });

    it("that no instance is named, and that one has no groups", async () => {
      const service = await serve({ groups: [] });
      const unnamed = await checks(["--endpoint", service.endpoint]);
      expect(unnamed.text("instance")).to.contain("none is named");
      expect((await checks(here(service))).text("rights to read")).to.contain("there is no group");
    });

    it("half of a pair of keys, and none at all", async () => {
      const service = await serve();
      const half = await checks(here(service), { env: { ALICLOUD_SECRET_KEY: "planted-half" } });
      expect(half.text("configuration")).to.contain("ALICLOUD_ACCESS_KEY is missing");
      const none = await checks(here(service), { env: {} });
      expect(none.are("failed")).to.deep.equal(["keys"]);
      expect(none.text("keys"))
        .to.contain("in the configuration, the environment, or the chain")
        .and.contain("ALIBABA_CLOUD_ACCESS_KEY_ID");
      expect(none.are("not looked at")).to.include("instance");
    });

    it("keys of the chain, and of a profile that is not whole", async () => {
      const service = await serve();
      const env = {
        ALIBABA_CLOUD_ACCESS_KEY_ID: keys.ALICLOUD_ACCESS_KEY,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: keys.ALICLOUD_SECRET_KEY,
      };
      const chain = await checks(here(service), { env });
      expect(chain.text("keys")).to.match(/^LTAI\.\.\.6789, from the chain of Alibaba Cloud's SDKs \(.*env.*\)$/);
      mkdirSync(join(folder, "home", ".aliyun"));
      const profiles = [{ name: "plant", mode: "AK", access_key_secret: "planted-half" }];
      writeFileSync(join(folder, "home", ".aliyun", "config.json"), JSON.stringify({ profiles }));
      const profile = await checks([...here(service), "--profile", "plant"], { env: {} });
      expect(profile.text("keys")).to.contain('the profile "plant" has no access_key_id');
    });

    it("keys of the stack that are encrypted, and looks by those of the environment", async () => {
      const service = await serve();
      cli("v3.259.0", {
        "apsaramq:accessKeyId": { value: "LTAI-of-the-stack", secret: false },
        "apsaramq:accessKeySecret": { secret: true },
        "apsaramq:limiterUrl": { secret: true },
      });
      const other = await checks(here(service));
      expect(other.are("warning")).to.deep.equal(["keys"]);
      expect(other.text("keys")).to.match(
        /^apsaramq:accessKeySecret of the stack is encrypted and not read: .* by LTAI/,
      );
      expect(other.text("limiter")).to.contain("APSARAMQ_LIMITER_URL");
      expect(other.text("instance")).to.contain("is there");
      const none = await checks(here(service), { env: {} });
      expect(none.are("failed")).to.deep.equal([]);
      expect(none.are("not looked at")).to.include.members(["keys", "instance"]);
    });

    it("a stack that cannot be read", async () => {
      cli("v3.259.0", "error: no stack selected");
      const { code, are, text } = await checks(here(await serve()));
      expect(code).to.equal(4);
      expect(are("failed")).to.deep.equal(["stack"]);
      expect(text("stack")).to.contain("no stack selected").and.contain("environment alone");
    });

    it("no CLI, and one that is too old", async () => {
      const service = await serve();
      cli("v3.215.9", {});
      expect((await checks(here(service))).text("pulumi")).to.contain("v3.215.9; ^3.216.0 is needed");
      rmSync(join(folder, "bin", "pulumi"));
      const none = await checks(here(service));
      expect(none.are("failed")).to.deep.equal(["pulumi"]);
      expect(none.text("pulumi")).to.contain("install the Pulumi CLI");
      expect(none.text("instance")).to.contain("is there");
    });

    it("no project, a package that is not installed, an SDK that is too old", async () => {
      const service = await serve();
      const nowhere = await checks(here(service), { cwd: "home" });
      expect(nowhere.code).to.equal(0);
      expect(nowhere.are("not looked at")).to.deep.equal(["packages", "stack", "rights to write"]);
      const modules = join(folder, "plant", "node_modules");
      rmSync(join(modules, "@pulumi/pulumi"));
      mkdirSync(join(modules, "@pulumi/pulumi"));
      writeFileSync(join(modules, "@pulumi/pulumi/package.json"), '{"version":"3.100.0"}');
      expect((await checks(here(service))).text("packages")).to.contain("@pulumi/pulumi 3.100.0; pulumi-apsaramq-mqtt");
      rmSync(join(modules, "pulumi-apsaramq-mqtt"));
      expect((await checks(here(service))).text("packages")).to.match(/^pulumi-apsaramq-mqtt is not installed/);
    });

    it("a Redis that is away, without its password", async () => {
      const env = { ...keys, APSARAMQ_LIMITER_URL: "redis://:planted-limiter@127.0.0.1:1" };
      const { are, text } = await checks(here(await serve()), { env });
      expect(are("failed")).to.deep.equal(["limiter"]);
      expect(text("limiter")).to.match(
        /^Redis at 127.0.0.1:1, from the variable APSARAMQ_LIMITER_URL, cannot be used \(ECONNREFUSED\)/,
      );
    });

    it("an address that is blocked", async () => {
      const service = await serve();
      const domain = new URL(service.endpoint).host;
      const temporaryFolder = join(folder, "tmp");
      new Allowance({ domain, warn: () => {}, temporaryFolder }).block(Date.now() + 2_000);
      const { are } = await checks(here(service));
      expect(are("warning")).to.deep.equal(["address"]);
    });

    it("folders that processes cannot meet in", async () => {
      const file = join(folder, "file");
      writeFileSync(file, "");
      const { are, text } = await checks(here(await serve()), {
        env: { ...keys, TMPDIR: file, XDG_STATE_HOME: file },
      });
      expect(are("warning")).to.deep.equal(["folders"]);
      expect(text("folders")).to.contain("share the limit of requests").and.contain("note rotations");
    });
  });

  it("ends with 2 for wrong arguments, with 1 where it cannot look", async () => {
    expect((await doctor(["--nothing"])).code).to.equal(2);
    const { code, stderr } = await doctor(["--cwd", join(folder, "nowhere")]);
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr: `apsaramq-mqtt: ${join(folder, "nowhere")} is no folder\n`,
    });
  });

  it("tells a version that is in a range as npm does", () => {
    const versions = ["3.215.9", "3.216.0", "3.259.1", "4.0.0", "20.18.9", "20.19.0", "21.0.0", "22.11.9", "22.12.0"];
    for (const range of ["^3.216.0", "^20.19.0 || >=22.12.0"]) {
      for (const version of versions) expect(isIn(range, version), version).to.equal(subset(version, range));
    }
  });
});
