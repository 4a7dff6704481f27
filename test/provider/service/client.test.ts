import type { RequestListener } from "node:http";
import { startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { isProviderError, type MqttProviderError } from "../../../provider/errors";
import { actions } from "../../../provider/service/actions";
import type { Call } from "../../../provider/service/client";
import { hurry } from "../hurry";
import { clientOf, startTinyService, type TinyService } from "./tinyService";

const device = { instanceId: "post-cn-1", clientId: "GID_a12@@@b" };
const marker = "marker-of-a-secret";

/** A client whose operator has keys that no test may find in an error. */
function client(endpoint: string, config: Readonly<Record<string, string>> = {}): Call {
  return clientOf(endpoint, {
    "apsaramq:accessKeySecret": marker,
    "apsaramq:securityToken": `${marker}-token`,
    "apsaramq:requestTimeout": "500ms",
    ...config,
  }).call;
}

const read = (call: Call) => call(actions.getDeviceCredential, device, "a device");
const write = (call: Call) => call(actions.registerDeviceCredential, device, "a device");

/** What a call fails with, which never tells the operator's keys. */
async function failureOf(result: Promise<unknown>): Promise<MqttProviderError> {
  const error = await result.then(
    () => expect.fail("it should have failed"),
    (reason: unknown) => reason,
  );
  if (!isProviderError(error)) throw error;
  expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.to.contain(marker);
  return error;
}

describe("client", () => {
  let endHurry: () => void;
  let service: TinyService | undefined;
  let requests: number;

  beforeEach(() => {
    requests = 0;
    endHurry = hurry();
  });

  afterEach(async () => {
    endHurry();
    await service?.close();
    service = undefined;
  });

  /** A service that answers as told, and its address. */
  async function serve(answer: RequestListener): Promise<string> {
    service = await startTinyService((request, response) => {
      requests++;
      answer(request, response);
    });
    return service.endpoint;
  }

  const html: RequestListener = (_request, response) => response.end(`<html>${marker}</html>`);

  describe("an answer of another sort", () => {
    for (const [what, answer] of [
      ["a page of HTML", html],
      [
        "a page of HTML with status 502",
        (_request, response) => response.writeHead(502).end("<html>Bad Gateway</html>"),
      ],
      ["a JSON list", (_request, response) => response.end("[]")],
      ["JSON null", (_request, response) => response.end("null")],
      ["no body", (_request, response) => response.end()],
      [
        "half a JSON text",
        (_request, response) => response.end(`{"DeviceCredential":{"DeviceAccessKeySecret":"${marker}`),
      ],
      [
        "a body that breaks off",
        (_request, response) => response.writeHead(200, { "content-length": 9 }).end("{}", () => response.destroy()),
      ],
      ["a broken connection", (_request, response) => response.destroy()],
      ["no answer at all", () => {}],
      ["headers and then nothing", (_request, response) => response.writeHead(200).write("{")],
    ] as const satisfies readonly (readonly [string, RequestListener])[]) {
      it(`is one clear error when it is ${what}`, async () => {
        const endpoint = await serve(answer);
        const error = await failureOf(read(client(endpoint)));
        expect(error.message).to.match(
          /^GetDeviceCredential for a device: (HTTP \d+ from http:\/\/127\.0\.0\.1:\d+, no answer of the service|no usable answer from http:\/\/127\.0\.0\.1:\d+ \([A-Za-z_]+\))\. Check apsaramq:region, apsaramq:endpoint, and the network, then run the command again$/,
        );
      });

      it(`leaves a write unclear, and is not asked for again, when it is ${what}`, async () => {
        const endpoint = await serve(answer);
        const isGivenUp = /nothing|no answer/.test(what);
        const unclear = isGivenUp ? "late" : "lost";
        expect(await failureOf(write(client(endpoint)))).to.include({ kind: "Transient", unclear });
        expect(requests).to.equal(1);
      });
    }

    it("is asked for four times in all when it is a read", async () => {
      const endpoint = await serve(html);
      await failureOf(read(client(endpoint)));
      expect(requests).to.equal(4);
    });

    it("is an error that names what is missing when it is JSON without what was asked for", async () => {
      const endpoint = await serve((_request, response) => response.end('{"RequestId":"020F"}'));
      const error = await failureOf(read(client(endpoint)));
      expect(error).to.include({ kind: "Unexpected" });
      expect(error.message).to.contain("(answer.DeviceCredential.DeviceAccessKeyId is not a string)");
    });

    it("tells a timeout by that name", async () => {
      const endpoint = await serve(() => {});
      expect((await failureOf(read(client(endpoint)))).message).to.contain("(timeout)");
    });

    it("is one clear error when it is an unknown refusal", async () => {
      const body = JSON.stringify({ RequestId: "020F", Code: "NeverHeardOf", Message: marker });
      const endpoint = await serve((_request, response) => response.writeHead(500).end(body));
      expect((await failureOf(read(client(endpoint)))).message).to.equal(
        "GetDeviceCredential for a device: NeverHeardOf (HTTP 500, request 020F). " +
          "The provider does not know this code; please report it",
      );
    });

    it("is decided on the code, whatever the status", async () => {
      const body = JSON.stringify({ RequestId: "020F", Code: "DeviceCredentialNotFound", Message: "" });
      const endpoint = await serve((_request, response) => response.writeHead(500).end(body));
      expect(await failureOf(read(client(endpoint)))).to.include({
        kind: "NotFound",
        code: "DeviceCredentialNotFound",
      });
      expect(requests).to.equal(1);
    });
  });

  describe("a service that throttles", () => {
    const refuse: RequestListener = (_request, response) =>
      response.writeHead(400).end(JSON.stringify({ RequestId: "020F", Code: "Throttling.User", Message: "" }));

    it("is asked until the deadline, ever more seldom", async () => {
      const endpoint = await serve(refuse);
      const error = await failureOf(write(client(endpoint)));
      expect(error).to.include({ kind: "Throttled", unclear: undefined });
      expect(error.message).to.contain("Throttling.User (HTTP 400, request 020F). The service is throttling");
      expect(requests).to.be.within(24, 40);
    });
  });

  describe("an address where nothing listens", () => {
    it("is one clear error that says so", async () => {
      const endpoint = await serve(html);
      await service?.close();
      service = undefined;
      const error = await failureOf(write(client(endpoint)));
      expect(error.message).to.contain(`cannot reach ${endpoint} (ECONNREFUSED)`);
      expect(error).to.include({ kind: "Transient", unclear: undefined });
    });
  });

  describe("the operator's keys", () => {
    for (const [what, config, code] of [
      ["an unknown key", {}, "InvalidAccessKeyId.NotFound"],
      ["a wrong secret", { "apsaramq:accessKeyId": "known", "apsaramq:securityToken": "" }, "SignatureDoesNotMatch"],
      [
        "a wrong token",
        { "apsaramq:accessKeyId": "temporary", "apsaramq:accessKeySecret": "good" },
        "InvalidSecurityToken",
      ],
    ] as const) {
      it(`are not told in the error about ${what}, which says what to check`, async () => {
        const emulator = await startEmulator({
          seed: {
            accessKeys: [
              { accessKeyId: "known", accessKeySecret: "good" },
              { accessKeyId: "temporary", accessKeySecret: "good", securityToken: "good" },
            ],
          },
        });
        try {
          const error = await failureOf(read(client(emulator.endpoint, config)));
          expect(error.message).to.contain(code).and.to.contain("Check the operator's access key");
        } finally {
          await emulator.close();
        }
      });
    }

    it("are said to be missing when the library refuses to read profiles", async () => {
      const variable = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";
      const before = process.env[variable];
      process.env[variable] = "true";
      try {
        const config = { "apsaramq:accessKeyId": "", "apsaramq:accessKeySecret": "", "apsaramq:securityToken": "" };
        const call = client("http://127.0.0.1:9", { ...config, "apsaramq:profile": "work" });
        const error = await failureOf(write(call));
        expect(error).to.include({ kind: "Unauthorized", unclear: undefined });
        expect(error.message).to.match(/^RegisterDeviceCredential for a device: no keys of the profile "work": /);
      } finally {
        if (before === undefined) delete process.env[variable];
        else process.env[variable] = before;
      }
    });

    it("are said to be missing when the profile does not exist, with the ways to give them", async () => {
      const config = {
        "apsaramq:accessKeyId": "",
        "apsaramq:accessKeySecret": "",
        "apsaramq:profile": "no-such-profile",
      };
      const error = await failureOf(read(client("http://127.0.0.1:9", config)));
      expect(error.message).to.match(/^GetDeviceCredential for a device: no keys of the profile "no-such-profile": /);
      expect(error.message).to.contain(
        "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or alicloud:accessKey and alicloud:secretKey with `pulumi config set --secret`, or apsaramq:profile",
      );
    });
  });
});
