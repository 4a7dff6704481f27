import { execFile } from "node:child_process";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { isProviderError, type MqttProviderError } from "../../../provider/errors";
import { actions } from "../../../provider/service/actions";
import type { ClientSurroundings } from "../../../provider/service/client";
import { type ForwardProxy, startForwardProxy } from "./forwardProxy";
import { OperatorMachine } from "./operatorMachine";
import { clientOf, startTinyService, type TinyService } from "./tinyService";
import { startTlsFront, type TlsFront } from "./tlsFront";

// Names that no resolver knows: what goes past the proxy arrives nowhere.
const api = "api.invalid";
const sts = "sts.nowhere.aliyuncs.com";
const keysHost = "keys.invalid";
const instanceId = "post-cn-proxy";
const groupId = "GID_line";
const marker = "planted-marker";
const own = { accessKeyId: "key-own", accessKeySecret: `${marker}-own` };
const temporary = {
  accessKeyId: "key-temporary",
  accessKeySecret: `${marker}-temporary`,
  securityToken: `${marker}-token`,
};

/** As STS writes them, and a credentials URI besides. */
const credentials = JSON.stringify(
  ((keys) => ({ ...keys, Credentials: keys }))({
    AccessKeyId: temporary.accessKeyId,
    AccessKeySecret: temporary.accessKeySecret,
    SecurityToken: temporary.securityToken,
    Expiration: "2099-01-01T00:00:00Z",
  }),
);

describe("Proxies of the environment", () => {
  let machine: OperatorMachine;
  let emulator: Emulator;
  let proxy: ForwardProxy;
  const closing: { close(): Promise<void> }[] = [];

  beforeEach(async () => {
    machine = new OperatorMachine();
    const seed = { accessKeys: [own, temporary], instances: [{ instanceId, groups: [{ groupId }] }] };
    emulator = await startEmulator({ quotas: false, allowedHosts: [api], seed });
    closing.push(emulator);
  });

  afterEach(async () => {
    await Promise.all(closing.splice(0).map((one) => one.close()));
    machine.leave();
  });

  async function closedLater<Started extends { close(): Promise<void> }>(starting: Promise<Started>): Promise<Started> {
    const started = await starting;
    closing.push(started);
    return started;
  }

  /** A proxy that knows where these hosts are. */
  async function startProxy(hosts: Readonly<Record<string, string>>, refusal?: number): Promise<void> {
    proxy = await closedLater(startForwardProxy(new Map(Object.entries(hosts)), refusal));
  }

  function standIn(answer: RequestListener): Promise<TinyService> {
    return closedLater(startTinyService(answer));
  }

  function setVariables(variables: Readonly<Record<string, string>>): void {
    Object.assign(process.env, variables);
  }

  const lines = () => proxy.requests.map(({ line }) => line);
  const created = () => emulator.journal({ action: "RegisterDeviceCredential" }).length;

  describe("for hosts of the internet", () => {
    let front: TlsFront;
    let stsRequests: string[];

    beforeEach(async () => {
      stsRequests = [];
      const { endpoint } = await standIn(async (request, response) => {
        stsRequests.push(`${request.url} ${await text(request)}`);
        response.end(credentials);
      });
      const servers = new Map([
        [api, emulator.endpoint],
        [sts, endpoint],
      ]);
      front = await closedLater(startTlsFront(servers));
      await startProxy({ [`${api}:443`]: front.address, [`${sts}:443`]: front.address });
    });

    /** Makes credentials in another process, since Node reads the CAs that it trusts when it starts. */
    async function create(count: number, keys: Readonly<Record<string, string>> = ownKeys): Promise<void> {
      const config = { "apsaramq:endpoint": `https://${api}`, "apsaramq:maxRequestsPerSecond": "300", ...keys };
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          ...["--import", "tsx", join(__dirname, "creatingProcess.ts")],
          ...[JSON.stringify(config), instanceId, groupId, String(count)],
        ],
        { env: { ...process.env, NODE_EXTRA_CA_CERTS: machine.write("ca.pem", front.ca), TMPDIR: machine.home } },
      );
      expect(JSON.parse(stdout)).to.deep.equal({ made: count, errors: [] });
      expect(created()).to.equal(count);
    }

    const ownKeys = { "apsaramq:accessKeyId": own.accessKeyId, "apsaramq:accessKeySecret": own.accessKeySecret };
    const fromChain = { "apsaramq:accessKeyId": "", "apsaramq:accessKeySecret": "" };

    for (const [what, variables, authorization] of [
      ["HTTPS_PROXY", { HTTPS_PROXY: "http://PROXY" }],
      ["https_proxy, which counts more", { https_proxy: "http://PROXY", HTTPS_PROXY: "http://127.0.0.1:9" }],
      ["HTTPS_PROXY without a scheme", { HTTPS_PROXY: "PROXY" }],
      ["HTTPS_PROXY with a user", { HTTPS_PROXY: `http://me:${marker}%40@PROXY` }, `Basic ${btoa(`me:${marker}@`)}`],
      [
        "HTTPS_PROXY, whatever NO_PROXY says of others",
        { HTTPS_PROXY: "http://PROXY", NO_PROXY: `other.invalid,i.${api}` },
      ],
    ] as const) {
      it(`carry the requests to the API by ${what}`, async () => {
        for (const [name, value] of Object.entries(variables)) {
          setVariables({ [name]: value.replace("PROXY", proxy.address) });
        }
        await create(1);
        expect(proxy.requests).to.deep.equal([{ line: `CONNECT ${api}:443`, authorization }]);
      });
    }

    for (const [what, prepare, asked] of [
      [
        "an OIDC token",
        () =>
          setVariables({
            ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/mine",
            ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/mine",
            ALIBABA_CLOUD_OIDC_TOKEN_FILE: machine.write("token", `${marker}-oidc`),
            ALIBABA_CLOUD_STS_REGION: "nowhere",
          }),
        /Action=AssumeRoleWithOIDC.* OIDCProviderArn=.*&OIDCToken=planted-marker-oidc&RoleArn=acs%3Aram%3A%3A1%3Arole%2Fmine/,
      ],
      [
        "a role of a profile",
        () => {
          const { accessKeyId: access_key_id, accessKeySecret: access_key_secret } = own;
          const role = { ram_role_arn: "acs:ram::1:role/mine", sts_endpoint: sts };
          machine.writeCli("mine", { name: "mine", mode: "RamRoleArn", access_key_id, access_key_secret, ...role });
        },
        /Action=AssumeRole&.*AccessKeyId=key-own/,
      ],
    ] as const) {
      it(`carry the one request for keys by ${what}, and 200 creates that wait for it`, async () => {
        setVariables({ HTTPS_PROXY: `http://${proxy.address}` });
        prepare();
        await create(200, fromChain);
        expect(stsRequests).to.have.length(1);
        expect(stsRequests[0]).to.match(asked);
        expect(lines().filter((line) => line === `CONNECT ${sts}:443`)).to.have.length(1);
        expect(lines().filter((line) => line !== `CONNECT ${api}:443`)).to.have.length(1);
        // Each create takes a tunnel and a TLS handshake of its own.
      }).timeout(60_000);
    }
  });

  describe("when nothing comes through", () => {
    /** What a write fails with, which tells no secret and was certainly not done. */
    async function failure(
      surroundings: Partial<ClientSurroundings> = {},
      requestTimeout = "10s",
    ): Promise<MqttProviderError> {
      const config = { "apsaramq:maxRequestsPerSecond": "300", "apsaramq:requestTimeout": requestTimeout };
      const limiters = { general: async () => {}, groups: async () => {}, block: () => {} };
      const client = await closedLater(
        Promise.resolve(clientOf(`https://${api}`, config, { limiters, ...surroundings })),
      );
      const device = { instanceId, clientId: `${groupId}@@@one` };
      const error = await client.call(actions.registerDeviceCredential, device, "a device", { once: true }).then(
        () => expect.fail("it should have failed"),
        (reason: unknown) => reason,
      );
      if (!isProviderError(error)) throw error;
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.to.contain(marker);
      expect(error.unclear).to.equal(undefined);
      return error;
    }

    for (const status of [403, 407, 502]) {
      it(`are said to have answered HTTP ${status}, with the variable that names them`, async () => {
        await startProxy({}, status);
        setVariables({ HTTPS_PROXY: `http://me:${marker}@${proxy.address}` });
        const { message } = await failure();
        expect(message).to.contain(`cannot reach https://${api} (the proxy answered HTTP ${status})`);
        expect(message).to.contain(
          "Check apsaramq:region, apsaramq:endpoint, the proxy in HTTPS_PROXY, and the network",
        );
        expect(lines()).to.deep.equal([`CONNECT ${api}:443`]);
      });
    }

    it("are named by the variable that counts when none listens", async () => {
      await startProxy({});
      await proxy.close();
      closing.pop();
      setVariables({ https_proxy: `http://${proxy.address}`, HTTPS_PROXY: "http://other.invalid" });
      const { message } = await failure();
      expect(message).to.contain(`cannot reach https://${api} (ECONNREFUSED)`);
      expect(message).to.contain("the proxy in https_proxy, and the network");
    });

    it("are said to be no URL", async () => {
      setVariables({ HTTPS_PROXY: `http://me:${marker}@:1:2` });
      expect((await failure()).message).to.contain(`cannot reach https://${api} (HTTPS_PROXY is no URL)`);
    });

    for (const exception of [api, ".invalid", "*.invalid", `other.example ${api}:443`, "*"]) {
      it(`are not asked for what NO_PROXY excepts by ${exception}, and the error names both variables`, async () => {
        await startProxy({});
        setVariables({ HTTPS_PROXY: `http://${proxy.address}`, NO_PROXY: exception });
        const { message } = await failure();
        expect(lines()).to.deep.equal([]);
        expect(message).to.contain(`cannot reach https://${api}`);
        expect(message).to.contain("the proxy in HTTPS_PROXY unless NO_PROXY excepts it, and the network");
      });
    }

    it("are not asked when the variable in small letters is empty, or only that for http is set", async () => {
      await startProxy({});
      setVariables({ https_proxy: "", HTTPS_PROXY: `http://${proxy.address}`, HTTP_PROXY: `http://${proxy.address}` });
      const { message } = await failure();
      expect(message).to.contain("Check apsaramq:region, apsaramq:endpoint, and the network");
      expect(lines()).to.deep.equal([]);
    });

    describe("and nobody answers behind them", () => {
      let arrived: Promise<unknown>;

      beforeEach(async () => {
        const silent = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
        await once(silent, "listening");
        arrived = once(silent, "connection").then(([socket]) =>
          closing.push({ close: async () => void socket.destroy() }),
        );
        closing.push({ close: async () => void silent.close() });
        await startProxy({ [`${api}:443`]: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
        setVariables({ HTTPS_PROXY: `http://${proxy.address}` });
      });

      it("are given up in time", async () => {
        const error = await failure({}, "300ms");
        expect(error.message).to.contain(`cannot reach https://${api} (no connection in time)`);
        await arrived;
      });

      it("keep no run waiting that is told to stop", async () => {
        const stop = new AbortController();
        void arrived.then(() => stop.abort());
        expect(await failure({ signal: stop.signal })).to.include({ kind: "Stopped" });
      });
    });
  });

  describe("for a credentials URI in plain HTTP", () => {
    let keyService: TinyService;

    beforeEach(async () => {
      keyService = await standIn((_request, response) => response.end(credentials));
      await startProxy({ [keysHost]: new URL(keyService.endpoint).host });
      setVariables({ HTTP_PROXY: `http://${proxy.address}`, HTTPS_PROXY: `http://${proxy.address}` });
    });

    /** One call to the emulator, on loopback, with keys of the chain. */
    async function call(): Promise<unknown> {
      const config = { "apsaramq:accessKeyId": "", "apsaramq:accessKeySecret": "" };
      const client = await closedLater(Promise.resolve(clientOf(emulator.endpoint, config)));
      return client.call(actions.listGroups, { instanceId }, "an instance");
    }

    /** The codes of what the emulator was asked for: null for a success. */
    const answered = () => emulator.journal({ action: "ListGroupId" }).map(({ code }) => code);

    it("carry the request for keys, but none to this machine", async () => {
      setVariables({ ALIBABA_CLOUD_CREDENTIALS_URI: `http://${keysHost}/keys` });
      await call();
      expect(answered()).to.deep.equal([null]);
      expect(lines()).to.deep.equal([`GET http://${keysHost}/keys`]);
    });

    it("are not asked for a URI of this machine", async () => {
      setVariables({ ALIBABA_CLOUD_CREDENTIALS_URI: `${keyService.endpoint}/keys` });
      await call();
      expect(answered()).to.deep.equal([null]);
      expect(lines()).to.deep.equal([]);
    });

    it("are not asked for the metadata server", async () => {
      const { endpoint } = await standIn(({ url = "" }, response) =>
        response.end(url.endsWith("/role") ? credentials.replace("{", '{"Code":"Success",') : "role"),
      );
      machine.attachMetadataServer(endpoint);
      await call();
      expect(answered()).to.deep.equal([null]);
      expect(lines()).to.deep.equal([]);
    });

    it("are not asked for anything when no URI is set", async () => {
      const error = await call().catch((reason: unknown) => reason);
      expect(String(error)).to.contain("no operator credentials. There are none in the configuration");
      expect(lines()).to.deep.equal([]);
    });

    it("are the cause that is named when they refuse", async () => {
      setVariables({ ALIBABA_CLOUD_CREDENTIALS_URI: "https://elsewhere.invalid/keys" });
      const error = await call().catch((reason: unknown) => reason);
      expect(String(error)).to.contain("elsewhere.invalid gave no credentials (the proxy answered HTTP 403)");
    });

    it("are the cause that is named when their variable is no URL", async () => {
      setVariables({ ALIBABA_CLOUD_CREDENTIALS_URI: `http://${keysHost}/keys`, HTTP_PROXY: "http://" });
      const error = await call().catch((reason: unknown) => reason);
      expect(String(error)).to.contain(`${keysHost} gave no credentials (HTTP_PROXY is no URL)`);
    });
  });
});
