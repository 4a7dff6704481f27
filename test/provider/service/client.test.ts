import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { isProviderError, type MqttProviderError, type UnclearKind } from "../../../provider/errors";
import { actions } from "../../../provider/service/actions";
import type { Call, ClientSurroundings } from "../../../provider/service/client";
import { hurry } from "../hurry";
import { clientOf, free, startTinyService, type TinyService } from "./tinyService";

const checkNetwork = "Check apsaramq:region, apsaramq:endpoint, and the network, then run the command again";
const credential = { DeviceAccessKeyId: "made", DeviceAccessKeySecret: "made-secret", CreateTime: 1, UpdateTime: 1 };
const success = JSON.stringify({
  RequestId: "020F",
  DeviceCredential: { ClientId: "GID_a12@@@b", InstanceId: "post-cn-1", ...credential },
});
const tooLarge = Buffer.from(success.padEnd(9 * 1024 * 1024));
const device = { instanceId: "post-cn-1", clientId: "GID_a12@@@b" };
const marker = "marker-of-a-secret";

/** A client whose operator has keys that no test may find in an error. */
function client(
  endpoint: string,
  config: Readonly<Record<string, string>> = {},
  surroundings: Partial<ClientSurroundings> = {},
): Call {
  const keys = { "apsaramq:accessKeySecret": marker, "apsaramq:securityToken": `${marker}-token` };
  return clientOf(endpoint, { ...keys, "apsaramq:requestTimeout": "500ms", ...config }, surroundings).call;
}

/** An answer that says it is compressed. */
function encoded(encoding: string, body: Buffer): RequestListener {
  return (_request, response) => response.writeHead(200, { "content-encoding": encoding }).end(body);
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
    for (const [what, answer, status = 200] of [
      ["a page of HTML", html],
      [
        "a page of HTML with status 502",
        (_request, response) => response.writeHead(502).end("<html>Bad Gateway</html>"),
        502,
      ],
      ["an empty JSON object", (_request, response) => response.end("{}")],
      ["a success without a request id", (_request, response) => response.end('{"Success":true}')],
      ["a success in the wrong charset", (_request, response) => response.end(Buffer.from(success, "utf16le"))],
      ["a success in a redirect", (_request, response) => response.writeHead(302).end(success), 302],
      ["what is no gzip but says so", encoded("gzip", Buffer.from(success))],
      ["half a gzip", encoded("gzip", gzipSync(success).subarray(0, 30))],
      ["what is no brotli but says so", encoded("br", Buffer.from(success))],
      ["of an unknown encoding", encoded("zstd", Buffer.from(success))],
      ["a JSON list", (_request, response) => response.end("[]")],
      ["JSON null", (_request, response) => response.end("null")],
      ["no body", (_request, response) => response.end()],
      [
        "half a JSON text",
        (_request, response) => response.end(`{"DeviceCredential":{"DeviceAccessKeySecret":"${marker}`),
      ],
    ] as const satisfies readonly (readonly [string, RequestListener, number?])[]) {
      it(`is one clear error when it is ${what}`, async () => {
        const endpoint = await serve(answer);
        const error = await failureOf(read(client(endpoint)));
        expect(error.message).to.equal(
          `GetDeviceCredential for a device: HTTP ${status} from ${endpoint}, no answer of the service. ${checkNetwork}`,
        );
        expect(error).to.include({ kind: "Transient", unclear: undefined });
        expect(requests).to.equal(4);
      });

      it(`leaves a write unclear, and is not asked for again, when it is ${what}`, async () => {
        const endpoint = await serve(answer);
        expect(await failureOf(write(client(endpoint)))).to.include({ kind: "Transient", unclear: "lost" });
        expect(requests).to.equal(1);
      });
    }

    for (const [what, answer, reason, unclear] of [
      [
        "a body that breaks off",
        (_request, response) => response.writeHead(200, { "content-length": 9 }).end("{}", () => response.destroy()),
        "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
        "lost",
      ],
      ["a broken connection", (_request, response) => response.destroy(), "UND_ERR_SOCKET", "lost"],
      ["no HTTP", ({ socket }) => socket.end("SSH-2.0-OpenSSH\r\n"), "HTTPParserError", "lost"],
      ["no answer at all", () => {}, "timeout", "late"],
      ["headers and then nothing", (_request, response) => response.writeHead(200).write("{"), "timeout", "late"],
    ] as const satisfies readonly (readonly [string, RequestListener, string, UnclearKind])[]) {
      it(`is one clear error when it is ${what}`, async () => {
        const endpoint = await serve(answer);
        const error = await failureOf(read(client(endpoint)));
        expect(error.message).to.equal(
          `GetDeviceCredential for a device: no usable answer from ${endpoint} (${reason}). ${checkNetwork}`,
        );
        expect(error).to.include({ kind: "Transient", unclear: undefined });
        expect(requests).to.equal(4);
      });

      it(`leaves a write unclear, and is not asked for again, when it is ${what}`, async () => {
        const endpoint = await serve(answer);
        expect(await failureOf(write(client(endpoint)))).to.include({ kind: "Transient", unclear });
        expect(requests).to.equal(1);
      });
    }

    for (const [what, encoding, body] of [
      ["", "identity", tooLarge],
      [" when decompressed", "gzip", gzipSync(tooLarge)],
    ] as const) {
      it(`is not read when it is larger than 8 MiB${what}`, async () => {
        const endpoint = await serve(encoded(encoding, body));
        const call = client(endpoint, { "apsaramq:requestTimeout": "10m" });
        const error = await failureOf(write(call));
        expect(error.message).to.contain(`HTTP 200 from ${endpoint}, no answer of the service`);
        expect(error).to.include({ kind: "Transient", unclear: "lost" });
        expect(requests).to.equal(1);
      });
    }

    it("is read when something between compressed it", async () => {
      const endpoint = await serve(encoded("gzip", gzipSync(success)));
      expect(await read(client(endpoint))).to.include({ deviceAccessKeyId: "made" });
    });

    it("is not looked for elsewhere, whatever a redirect says", async () => {
      let elsewhere = 0;
      const other = await startTinyService((_request, response) => {
        elsewhere++;
        response.end(success);
      });
      try {
        for (const status of [301, 302, 303, 307, 308]) {
          await service?.close();
          const endpoint = await serve((_request, response) =>
            response.writeHead(status, { location: other.endpoint }).end(),
          );
          await failureOf(read(client(endpoint)));
          await failureOf(write(client(endpoint)));
        }
        expect(elsewhere).to.equal(0);
      } finally {
        await other.close();
      }
    });

    it("is an error that names what is missing when it is a success without what was asked for", async () => {
      const endpoint = await serve((_request, response) => response.end('{"RequestId":"020F"}'));
      const error = await failureOf(read(client(endpoint)));
      expect(error).to.include({ kind: "Unexpected" });
      expect(error.message).to.contain("(answer.DeviceCredential.DeviceAccessKeyId is not a string)");
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

  describe("a server that cuts every connection which is used again", () => {
    it("fails neither reads nor writes", async () => {
      const used = new WeakSet<Socket>();
      let cuts = 0;
      const endpoint = await serve(({ socket }, response) => {
        if (used.has(socket)) {
          cuts++;
          socket.destroy();
          return;
        }
        used.add(socket);
        response.end(success);
      });
      const call = client(endpoint, { "apsaramq:requestTimeout": "10m" });
      for (let turn = 0; turn < 30; turn++) {
        await read(call);
        await write(call);
      }
      expect(cuts).to.be.above(0);
      expect(requests - cuts).to.equal(60);
    });
  });

  describe("a service that is away for six seconds", () => {
    const refuse =
      (code: string, status: number): RequestListener =>
      (_request, response) =>
        response.writeHead(status).end(JSON.stringify({ RequestId: "020F", Code: code, Message: marker }));

    for (const [what, away] of [
      ["says ServiceUnavailable", refuse("ServiceUnavailable", 503)],
      ["says ServiceBusy", refuse("ServiceBusy", 500)],
      ["says something unknown with status 503", refuse("NeverHeardOf", 503)],
      ["is only a page of its gateway", (_request, response) => response.writeHead(503).end("<html>")],
      ["breaks connections", (_request, response) => response.destroy()],
    ] as const satisfies readonly (readonly [string, RequestListener])[]) {
      it(`is waited for by reads, but not by writes, when it ${what}`, async () => {
        let isBackAt = 0;
        const endpoint = await serve((request, response) =>
          performance.now() < isBackAt ? away(request, response) : response.end(success),
        );
        const call = client(endpoint);
        await read(call);
        isBackAt = performance.now() + 6_000;
        expect(await failureOf(write(call))).to.include({ unclear: "lost" });
        expect(requests).to.equal(2);
        await read(call);
        expect(requests).to.be.above(6);
      });
    }

    it("is waited for by reads and writes when nothing listens", async () => {
      const endpoint = await serve((_request, response) => response.end(success));
      const call = client(endpoint);
      await read(call);
      await service?.close();
      const back = new Promise((resolve) => setTimeout(resolve, 6_000)).then(async () => {
        service = await startTinyService((_request, response) => response.end(success), Number(new URL(endpoint).port));
      });
      await Promise.all([read(call), write(call), back]);
    });
  });

  describe("the deadline", () => {
    it("does not count the queue of the limiter", async () => {
      let isBackAt = 0;
      const endpoint = await serve((_request, response) =>
        performance.now() < isBackAt
          ? response.writeHead(400).end(JSON.stringify({ RequestId: "020F", Code: "Throttling.User" }))
          : response.end(success),
      );
      let isFirst = true;
      const general = async () => {
        if (isFirst) {
          isFirst = false;
          await new Promise((resolve) => setTimeout(resolve, 200_000));
          isBackAt = performance.now() + 20_000;
        }
      };
      await write(client(endpoint, {}, { limiters: { ...free, general } }));
      expect(requests).to.be.above(3);
    });

    it("does not count the queue before a repetition", async () => {
      const endpoint = await serve((_request, response) =>
        requests <= 3
          ? response.writeHead(400).end(JSON.stringify({ RequestId: "020F", Code: "Throttling.User" }))
          : response.end(success),
      );
      const general = () => new Promise<void>((resolve) => setTimeout(resolve, 130_000));
      await write(client(endpoint, {}, { limiters: { ...free, general } }));
      expect(requests).to.equal(4);
    });

    it("counts the time for which the address is blocked", async () => {
      const endpoint = await serve((_request, response) =>
        response.writeHead(400).end(JSON.stringify({ RequestId: "020F", Code: "Throttling" })),
      );
      expect(await failureOf(write(client(endpoint, {}, { limiters: free })))).to.include({ kind: "Throttled" });
      expect(requests).to.be.within(8, 12);
    });
  });

  describe("a run that is told to stop", () => {
    let stop: AbortController;
    const nothingChanged = { kind: "Stopped", unclear: undefined } as const;

    beforeEach(() => {
      stop = new AbortController();
    });

    it("sends nothing at all afterwards", async () => {
      stop.abort();
      const call = client(await serve(html), {}, { signal: stop.signal });
      expect(await failureOf(write(call))).to.include(nothingChanged);
      expect(requests).to.equal(0);
    });

    it("ends the queue of the limiter at once", async () => {
      const general = (signal?: AbortSignal) => sleep(600_000, undefined, signal && { signal });
      const call = client(await serve(html), {}, { signal: stop.signal, limiters: { ...free, general } });
      const failure = failureOf(write(call));
      stop.abort();
      expect(await failure).to.include(nothingChanged);
      expect(requests).to.equal(0);
    });

    it("ends a pause at once", async () => {
      endHurry();
      const endpoint = await serve((_request, response) =>
        response.writeHead(400).end(JSON.stringify({ RequestId: "020F", Code: "Throttling" })),
      );
      const block = () => void setImmediate(() => stop.abort());
      const call = client(endpoint, {}, { signal: stop.signal, limiters: { ...free, block } });
      expect(await failureOf(write(call))).to.include(nothingChanged);
      expect(requests).to.equal(1);
    });

    it("ends a read in flight at once", async () => {
      endHurry();
      const endpoint = await serve(() => stop.abort());
      const call = client(endpoint, { "apsaramq:requestTimeout": "10m" }, { signal: stop.signal });
      const error = await failureOf(read(call));
      expect(error).to.include(nothingChanged);
      expect(error.message).to.contain("stopped while it was read; nothing was changed");
    });

    it("takes the answer to a write in flight that comes soon", async () => {
      const endpoint = await serve((_request, response) => {
        stop.abort();
        setTimeout(() => response.end(success), 2_000);
      });
      const call = client(endpoint, {}, { signal: stop.signal });
      expect(await write(call)).to.include({ deviceAccessKeyId: "made" });
    });

    it("leaves a write in flight unclear that is not answered soon", async () => {
      const endpoint = await serve(() => stop.abort());
      const call = client(endpoint, { "apsaramq:requestTimeout": "10m" }, { signal: stop.signal });
      const from = performance.now();
      expect(await failureOf(write(call))).to.include({ kind: "Stopped", unclear: "late" });
      expect(performance.now() - from).to.be.within(3_000, 60_000);
      expect(requests).to.equal(1);
    });
  });

  it("has sent nothing to a server that speaks no TLS", async () => {
    const endpoint = (await serve(html)).replace("http:", "https:");
    const error = await failureOf(write(client(endpoint)));
    expect(error.message).to.contain(`cannot reach ${endpoint}`);
    expect(error).to.include({ kind: "Transient", unclear: undefined });
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

    it("are said to be missing when the profile does not exist, with the ways to give them", async () => {
      const none = { "apsaramq:accessKeyId": "", "apsaramq:accessKeySecret": "", "apsaramq:securityToken": "" };
      const error = await failureOf(read(client("http://127.0.0.1:9", { ...none, "apsaramq:profile": "no-such" })));
      expect(error).to.include({ kind: "Unauthorized", unclear: undefined });
      expect(error.message).to.match(
        /^GetDeviceCredential for a device: no operator credentials\. There are none of the profile "no-such": /,
      );
      expect(error.message).to.contain("Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    });
  });
});
