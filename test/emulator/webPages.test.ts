import { once } from "node:events";
import { expect } from "chai";
import { WebSocket } from "ws";
import type { EmulatorOptions } from "../../emulator/index";
import { acs3Headers, classicQuery, send } from "../../tools/emulator/rawRequests";
import { EmulatorFixture } from "./harness";

const foreign = [
  { origin: "http://evil.example" },
  { origin: "http://localhost:3000" },
  { origin: "null" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { host: "evil.example" },
  { host: "evil.example:18830" },
  { host: "127.0.0.1.evil.example" },
  { host: "evil-aliyuncs.com" },
];

describe("a web page of another site", () => {
  const options: EmulatorOptions = {
    allowedHosts: ["Emulator.internal"],
    allowedOrigins: ["http://localhost:8000"],
  };

  describe("calling the API", () => {
    const fixture = new EmulatorFixture(options);
    /** What a page knows: the key pair is a constant, written in the readme. */
    const call = (headers: Record<string, string>) => {
      const form = classicQuery(
        fixture.emulator,
        { Action: "CreateGroupId", InstanceId: fixture.instanceId, GroupId: "GID_page" },
        "POST",
      );
      const own = { "content-type": "application/x-www-form-urlencoded", ...headers };
      return send(fixture.emulator.endpoint, { method: "POST", headers: own, body: form });
    };
    const groups = () => fixture.emulator.state().instances?.[0]?.groups ?? [];

    for (const headers of foreign) {
      it(`is refused with ${JSON.stringify(headers)}, and nothing is done`, async () => {
        const { status, body } = await call(headers);
        expect(status).to.equal(403);
        expect(JSON.parse(body)).to.include({ Code: "RefusedByEmulator" });
        expect(groups()).to.deep.equal([]);
      });
    }

    for (const headers of [
      {},
      { "sec-fetch-site": "none" },
      { origin: "http://localhost:8000", "sec-fetch-site": "cross-site" },
      { host: "onsmqtt.cn-hangzhou.aliyuncs.com" },
      { host: "emulator.internal:18830" },
    ]) {
      it(`is none with ${JSON.stringify(headers)}`, async () => {
        expect(await call(headers)).to.have.property("status", 200);
        expect(groups()).to.have.lengthOf(1);
      });
    }

    it("is refused before its signature is looked at, as its name could be signed", async () => {
      const headers = acs3Headers(fixture.emulator, "evil.example");
      expect(await send(fixture.emulator.endpoint, { headers })).to.have.property("status", 403);
    });
  });

  describe("connecting over WebSocket", () => {
    const fixture = new EmulatorFixture(options);
    const connect = async (headers: Record<string, string>): Promise<number | "open"> => {
      const socket = new WebSocket(fixture.emulator.ws, "mqtt", { headers });
      const refused = new Promise<number>((resolve) => {
        socket.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
      });
      const outcome = await Promise.race([once(socket, "open").then(() => "open" as const), refused]);
      socket.on("error", () => {}).terminate();
      return outcome;
    };
    const port = () => new URL(fixture.emulator.ws).port;

    for (const headers of foreign) {
      it(`is refused with ${JSON.stringify(headers)}`, async () => {
        expect(await connect(headers)).to.equal(403);
      });
    }

    it("is none with the origin of the port itself, as some clients send it, or with none", async () => {
      expect(await connect({})).to.equal("open");
      expect(await connect({ origin: `http://127.0.0.1:${port()}` })).to.equal("open");
      expect(await connect({ origin: `https://127.0.0.1:${port()}` })).to.equal("open");
    });

    it("is let in where it is allowed, or under a name of the vendor", async () => {
      expect(await connect({ origin: "http://localhost:8000" })).to.equal("open");
      expect(await connect({ host: `${fixture.instanceId}.mqtt.aliyuncs.com` })).to.equal("open");
      expect(await connect({ host: `emulator.internal:${port()}` })).to.equal("open");
    });
  });

  describe("linking to the page", () => {
    const fixture = new EmulatorFixture();
    const get = (path: string, headers: Record<string, string>) => send(fixture.emulator.endpoint, { path, headers });
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

    it("leads there", async () => {
      expect(await get("/_emulator/", link)).to.include({ status: 200, contentType: "text/html; charset=utf-8" });
      expect(await get("/_emulator/?x=1", link)).to.have.property("status", 200);
    });

    it("leads nowhere else, and neither a frame nor a script gets it", async () => {
      for (const path of ["/_emulator/state", "/_emulator/page/view", "/_emulator/health"]) {
        expect(await get(path, link)).to.have.property("status", 403);
      }
      for (const headers of [
        { ...link, "sec-fetch-dest": "iframe" },
        { ...link, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "empty" },
        { ...link, host: "evil.example" },
      ]) {
        expect(await get("/_emulator/", headers)).to.have.property("status", 403);
      }
    });
  });
});
