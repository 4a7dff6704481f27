import { existsSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import FakeTimers from "@sinonjs/fake-timers";
import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { Claims } from "../../../machine/claims";
import { isProviderError, type MqttProviderError } from "../../../provider/errors";
import { actions } from "../../../provider/service/actions";
import type { Client, ClientSurroundings } from "../../../provider/service/client";
import { DeviceCredentials } from "../../../provider/service/deviceCredentials";
import { Groups } from "../../../provider/service/groups";
import { Arrivals } from "../../arrivals";
import { OperatorMachine } from "./operatorMachine";
import { clientOf, free, startTinyService, type TinyService } from "./tinyService";

const instanceId = "post-cn-keys";
const groupId = "GID_line";
const marker = "planted-marker";
/** So many creates at once as a large stack makes. */
const parallel = 200;

interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}

/** Temporary keys. */
function temporary(name: string): Keys {
  return { accessKeyId: `key-${name}`, accessKeySecret: `${marker}-${name}`, securityToken: `${marker}-token-${name}` };
}

const lasting = { accessKeyId: "key-lasting", accessKeySecret: `${marker}-lasting` };
const [first, second] = [temporary("first"), temporary("second")];

/** As metadata server and credentials URI write them. */
function credentials({ accessKeyId, accessKeySecret, securityToken }: Keys, lastMs = 3_600_000): string {
  return JSON.stringify({
    Code: "Success",
    AccessKeyId: accessKeyId,
    AccessKeySecret: accessKeySecret,
    SecurityToken: securityToken,
    Expiration: `${new Date(Date.now() + lastMs).toISOString().slice(0, 19)}Z`,
  });
}

/** A profile of the Alibaba Cloud CLI. */
function stsProfile(name: string, { accessKeyId, accessKeySecret, securityToken }: Keys): object {
  return {
    name,
    mode: "StsToken",
    access_key_id: accessKeyId,
    access_key_secret: accessKeySecret,
    sts_token: securityToken,
  };
}

/** As a command of a profile prints them. */
function externalKeys({ accessKeyId, accessKeySecret, securityToken }: Keys, lastMs: number): object {
  return {
    mode: "StsToken",
    access_key_id: accessKeyId,
    access_key_secret: accessKeySecret,
    sts_token: securityToken,
    expiration: new Date(Date.now() + lastMs).toISOString(),
  };
}

describe("The operator's keys", () => {
  let machine: OperatorMachine;
  let emulator: Emulator;
  let services: TinyService[];
  /** What the stand-ins were asked for. */
  let asked: string[];
  let clients: Client[];

  beforeEach(async () => {
    machine = new OperatorMachine();
    emulator = await startEmulator({ quotas: false, seed: { instances: [{ instanceId, groups: [{ groupId }] }] } });
    services = [];
    asked = [];
    clients = [];
    accept(lasting, first, second);
  });

  afterEach(async () => {
    await Promise.all([...clients, ...services, emulator].map((one) => one.close()));
    machine.leave();
  });

  /** Lets the service know these keys only. */
  function accept(...accessKeys: readonly (Keys | typeof lasting)[]): void {
    emulator.setState({ ...emulator.state(), accessKeys: [...accessKeys] });
  }

  /** A stand-in for what gives credentials over HTTP. */
  async function standIn(answer: RequestListener): Promise<string> {
    const service = await startTinyService((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answer(request, response);
    });
    services.push(service);
    return service.endpoint;
  }

  async function credentialsUri(answer: RequestListener): Promise<void> {
    process.env.ALIBABA_CLOUD_CREDENTIALS_URI = `${await standIn(answer)}/keys`;
  }

  function client(
    profile = "",
    surroundings: Partial<ClientSurroundings> = {},
    config: Readonly<Record<string, string>> = {},
  ): Client {
    const noKeys = { "apsaramq:accessKeyId": "", "apsaramq:accessKeySecret": "" };
    const made = clientOf(emulator.endpoint, { ...noKeys, "apsaramq:profile": profile, ...config }, surroundings);
    clients.push(made);
    return made;
  }

  async function create({ call }: Client, name: string): Promise<void> {
    const clientId = `${groupId}@@@${name}`;
    await call(actions.registerDeviceCredential, { instanceId, clientId }, clientId);
  }

  function createMany(calling: Client, count = parallel): Promise<PromiseSettledResult<void>[]> {
    const names = Array.from({ length: count }, (_, index) => `d${index}`);
    return Promise.allSettled(names.map((name) => create(calling, name)));
  }

  function failures(results: readonly PromiseSettledResult<void>[]): unknown[] {
    return results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  }

  /** What one call fails with, which never tells a key. */
  async function failure(calling: Client): Promise<MqttProviderError> {
    const error = await create(calling, "one").then(
      () => expect.fail("it should have failed"),
      (reason: unknown) => reason,
    );
    if (!isProviderError(error)) throw error;
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.to.contain(marker);
    return error;
  }

  const metadataServer =
    (keys: () => Keys): RequestListener =>
    ({ url = "" }, response) => {
      if (url === "/latest/api/token") response.end("token-of-the-machine");
      else response.end(url.endsWith("/security-credentials/") ? "role" : credentials(keys()));
    };

  describe(`for ${parallel} creates at once`, () => {
    const sources: Record<string, { prepare: () => void | Promise<void>; profile?: string; asks?: string[] }> = {
      "variables of the environment": {
        prepare: () => {
          process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = lasting.accessKeyId;
          process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = lasting.accessKeySecret;
        },
      },
      "variables with a token": {
        prepare: () => {
          process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = first.accessKeyId;
          process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = first.accessKeySecret;
          process.env.ALIBABA_CLOUD_SECURITY_TOKEN = first.securityToken;
        },
      },
      "the SDKs' credentials file": {
        prepare: () => {
          const { accessKeyId, accessKeySecret } = lasting;
          machine.writeIni(
            "[default]",
            "type = access_key",
            `access_key_id = ${accessKeyId}`,
            `access_key_secret = ${accessKeySecret}`,
          );
        },
      },
      "the current profile of the CLI": {
        prepare: () => void machine.writeCli("mine", stsProfile("other", second), stsProfile("mine", first)),
      },
      "a profile of the CLI that the configuration names": {
        profile: "mine",
        prepare: () => void machine.writeCli("other", stsProfile("mine", first), { name: "other", mode: "AK" }),
      },
      "a command of a profile": {
        prepare: () => {
          const { accessKeyId, accessKeySecret, securityToken } = first;
          const output = JSON.stringify({
            mode: "StsToken",
            access_key_id: accessKeyId,
            access_key_secret: accessKeySecret,
            sts_token: securityToken,
          });
          const runs = JSON.stringify(join(machine.home, "runs"));
          const command = machine.write(
            "keys.js",
            `require("node:fs").appendFileSync(${runs}, "run "); console.log(${JSON.stringify(output)});`,
          );
          machine.writeCli("mine", {
            name: "mine",
            mode: "External",
            process_command: `${process.execPath} ${command}`,
          });
        },
      },
      "a credentials URI": {
        prepare: () => credentialsUri((_request, response) => response.end(credentials(first))),
        asks: ["GET /keys"],
      },
      "the metadata server": {
        prepare: async () => machine.attachMetadataServer(await standIn(metadataServer(() => first))),
        asks: [
          "PUT /latest/api/token",
          "GET /latest/meta-data/ram/security-credentials/",
          "PUT /latest/api/token",
          "GET /latest/meta-data/ram/security-credentials/role",
        ],
      },
    };

    for (const [what, { prepare, profile, asks = [] }] of Object.entries(sources)) {
      it(`come from ${what}, looked for once`, async () => {
        await prepare();
        const results = await createMany(client(profile));
        expect(failures(results)).to.deep.equal([]);
        expect(emulator.journal({ action: "RegisterDeviceCredential" })).to.have.length(parallel);
        expect(asked).to.deep.equal(asks);
        const runs = join(machine.home, "runs");
        expect(existsSync(runs) ? readFileSync(runs, "utf8") : "run ").to.equal("run ");
      });
    }

    it("fail them all by one look that finds none, and the next call looks anew", async () => {
      let isAway = true;
      await credentialsUri((_request, response) =>
        isAway ? response.writeHead(503).end(marker) : response.end(credentials(first)),
      );
      const calling = client();
      expect(failures(await createMany(calling))).to.have.length(parallel);
      expect(asked).to.have.length(1);
      isAway = false;
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(asked).to.have.length(2);
    });
  });

  describe("in the course of a long run", () => {
    let clock: FakeTimers.Clock;

    beforeEach(() => {
      clock = FakeTimers.install({ now: Date.now(), toFake: ["Date", "performance"] });
    });

    afterEach(() => {
      clock.uninstall();
    });

    it("are renewed once, by one request for all, before they end", async () => {
      let keys = first;
      await credentialsUri((_request, response) => response.end(credentials(keys, 20 * 60_000)));
      const calling = client();
      expect(failures(await createMany(calling))).to.deep.equal([]);
      clock.tick(4 * 60_000);
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(asked).to.have.length(1);

      clock.tick(2 * 60_000);
      keys = second;
      accept(second);
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(asked).to.have.length(2);
      expect(emulator.journal({ code: "InvalidAccessKeyId.NotFound" })).to.deep.equal([]);
    });

    it("are renewed while what waited in the queue of the limiter leaves with those that are there", async () => {
      let answer = () => {};
      await credentialsUri((_request, response) => {
        answer = () => response.end(credentials(second));
        if (asked.length === 1) response.end(credentials(first, 20 * 60_000));
      });
      let turns = 0;
      let letGo = () => {};
      const queue = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      let isFull = () => {};
      const full = new Promise<void>((resolve) => {
        isFull = resolve;
      });
      const general = () => {
        if (++turns > parallel) isFull();
        return turns === 1 ? Promise.resolve() : queue;
      };
      const calling = client("", { limiters: { ...free, general } });
      await create(calling, "one");
      const waiting = createMany(calling);
      await full;
      clock.tick(6 * 60_000);
      letGo();
      expect(failures(await waiting)).to.deep.equal([]);

      accept(second);
      answer();
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(asked).to.have.length(2);
      expect(emulator.journal({ code: "InvalidAccessKeyId.NotFound" })).to.deep.equal([]);
    });

    it("stay in use when they cannot be renewed but still hold", async () => {
      let isAway = false;
      await credentialsUri((_request, response) =>
        isAway ? response.writeHead(503).end() : response.end(credentials(first, 20 * 60_000)),
      );
      const calling = client();
      await create(calling, "one");
      isAway = true;
      clock.tick(6 * 60_000);
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(asked).to.have.length(2);
    });

    it("are never those of another source, which may be another account's", async () => {
      machine.writeCli("mine", stsProfile("mine", first));
      machine.writeIni(
        "[default]",
        "type=access_key",
        "access_key_id=key-lasting",
        `access_key_secret=${marker}-lasting`,
      );
      const calling = client();
      await create(calling, "one");
      machine.write(".aliyun/config.json", '{"current":"mi');
      accept(lasting, second);
      expect(await failure(calling)).to.include({ code: "InvalidAccessKeyId.NotFound" });

      machine.writeCli("mine", stsProfile("mine", second));
      clock.tick(11_000);
      expect(failures(await createMany(calling))).to.deep.equal([]);
    });

    it("stay in use while the command that gives them fails", async () => {
      const printed = machine.write("keys.json", externalKeys(first, 20 * 60_000));
      machine.writeCli("mine", { name: "mine", mode: "External", process_command: `cat ${printed}` });
      const calling = client();
      await create(calling, "one");
      rmSync(printed);
      clock.tick(18 * 60_000);
      expect(failures(await createMany(calling))).to.deep.equal([]);

      machine.write("keys.json", externalKeys(second, 20 * 60_000));
      accept(second);
      clock.tick(60_000);
      expect(failures(await createMany(calling))).to.deep.equal([]);
    });
  });

  describe("that the service no longer takes", () => {
    it("are read again from a file that was renewed meanwhile", async () => {
      machine.writeCli("mine", stsProfile("mine", first));
      const calling = client();
      await create(calling, "one");
      machine.writeCli("mine", stsProfile("mine", second));
      accept(second);
      expect(failures(await createMany(calling))).to.deep.equal([]);
    });

    it("are asked for once more by one request for all", async () => {
      let keys = first;
      await credentialsUri((_request, response) => response.end(credentials(keys)));
      const calling = client();
      await create(calling, "one");
      keys = second;
      accept(second);
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(asked).to.have.length(2);
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(asked).to.have.length(2);
    });

    it("are replaced before the limiter lets a request through again", async () => {
      let keys = first;
      await credentialsUri((_request, response) => response.end(credentials(keys)));
      let turns = 0;
      const general = async () => void turns++;
      const calling = client("", { limiters: { ...free, general } });
      await create(calling, "one");
      keys = second;
      accept(second);
      expect(failures(await createMany(calling))).to.deep.equal([]);
      expect(emulator.journal()).to.have.length(turns);
      expect(emulator.journal({ code: "InvalidAccessKeyId.NotFound" })).not.to.deep.equal([]);
    });

    it("are replaced in a registration by a new look at the device, as the queue comes between", async () => {
      await credentialsUri((_request, response) => response.end(credentials(asked.length === 1 ? first : second)));
      emulator.faults.add({ action: "RegisterDeviceCredential", code: "InvalidAccessKeyId.NotFound", times: 1 });
      const calling = client();
      const context = { now: () => performance.now(), progress: () => {}, signal: new AbortController().signal };
      const groups = new Groups(calling.call, context);
      const devices = new DeviceCredentials(calling, groups, context, new Claims(machine.home), "");
      await devices.registerIfAbsent({ instanceId, clientId: `${groupId}@@@one` }, "get");
      const [look, registration] = ["GetDeviceCredential", "RegisterDeviceCredential"];
      const actionsSent = emulator.journal().map(({ action }) => action);
      expect(actionsSent).to.deep.equal([look, registration, look, registration]);
    });

    it("are asked for once more only, when there are no others", async () => {
      await credentialsUri((_request, response) => response.end(credentials(first)));
      const calling = client();
      await create(calling, "one");
      accept(second);
      const codes = new Set(
        failures(await createMany(calling)).map((text) => /Invalid\w+(\.\w+)?/.exec(String(text))?.[0]),
      );
      expect([...codes]).to.deep.equal(["InvalidAccessKeyId.NotFound"]);
      expect(asked).to.have.length(2);
    });

    it("fail with what the service says when no others can be had", async () => {
      let isAway = false;
      await credentialsUri((_request, response) =>
        isAway ? response.writeHead(503).end() : response.end(credentials(first)),
      );
      const calling = client();
      await create(calling, "one");
      isAway = true;
      accept(second);
      expect(await failure(calling)).to.include({ code: "InvalidAccessKeyId.NotFound" });
    });
  });

  it("of a slow source let no more requests leave in a second than may", async () => {
    const limit = { "apsaramq:maxRequestsPerSecond": "50" };
    const { accessKeyId, accessKeySecret } = lasting;
    // What has its keys has sent all it has when the source answers, by the same allowance.
    const quick = client(
      "",
      {},
      { ...limit, "apsaramq:accessKeyId": accessKeyId, "apsaramq:accessKeySecret": accessKeySecret },
    );
    await credentialsUri(async (_request, response) => {
      await createMany(quick, 40);
      response.end(credentials(first));
    });
    const arrivals = new Arrivals();
    expect(failures(await createMany(client("", {}, limit), 40))).to.deep.equal([]);
    expect(emulator.journal()).to.have.length(80);
    expect(arrivals.mostInOneSecond(emulator.journal())).to.be.at.most(55);
  }).timeout(10_000);

  describe("of a source that does not answer", () => {
    it("keep no run waiting that is told to stop", async () => {
      const stop = new AbortController();
      await credentialsUri(() => stop.abort());
      const results = await createMany(client("", { signal: stop.signal }));
      expect(failures(results)).to.have.length(parallel);
      expect(emulator.journal()).to.deep.equal([]);
      expect(await failure(client("", { signal: stop.signal }))).to.include({ kind: "Stopped", unclear: undefined });
    });

    it("keep no run waiting that is told to stop when the service has refused others", async () => {
      const stop = new AbortController();
      let isAway = false;
      await credentialsUri((_request, response) => (isAway ? stop.abort() : response.end(credentials(first))));
      const calling = client("", { signal: stop.signal });
      await create(calling, "one");
      isAway = true;
      accept(second);
      expect(await failure(calling)).to.include({ kind: "Stopped", unclear: undefined });
    });
  });
});
