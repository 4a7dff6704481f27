import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { engineAddress } from "../../provider/engineAddress";
import { endWithEngine } from "../../provider/engineWatch";

describe("the watch on the engine", () => {
  it("goes on when the engine hangs up, and ends the process when the engine is gone", async () => {
    const engine = createServer().listen(0, "127.0.0.1");
    await once(engine, "listening");
    let ended = 0;
    const gone = new Promise<void>((resolve) => {
      const end = () => {
        ended++;
        resolve();
      };
      endWithEngine(`127.0.0.1:${(engine.address() as AddressInfo).port}`, end, (watch) => watch());
    });
    const [first]: Socket[] = await once(engine, "connection");
    first?.end();
    const [second]: Socket[] = await once(engine, "connection");
    expect(ended).to.equal(0);
    engine.close();
    second?.destroy();
    await gone;
    expect(ended).to.equal(1);
  });

  it("goes on, later, when a connection breaks", async () => {
    const engine = createServer((socket) => socket.resetAndDestroy()).listen(0, "127.0.0.1");
    await once(engine, "listening");
    let ended = 0;
    const connections = new Promise<void>((resolve) => {
      let broken = 0;
      const later = (watch: () => void) => (++broken < 3 ? watch() : resolve());
      endWithEngine(`127.0.0.1:${(engine.address() as AddressInfo).port}`, () => ended++, later);
    });
    await connections;
    engine.close();
    expect(ended).to.equal(0);
  });
});

describe("engineAddress", () => {
  it("is the last argument of a provider process", () => {
    for (const script of [
      "/node_modules/@pulumi/pulumi/cmd/dynamic-provider",
      "/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js",
      "C:\\node_modules\\@pulumi\\pulumi\\cmd\\dynamic-provider\\index.js",
    ]) {
      expect(engineAddress(["node", script, "127.0.0.1:4711"])).to.equal("127.0.0.1:4711");
    }
  });

  it("is undefined in any other process", () => {
    for (const args of [
      ["node"],
      ["node", "script"],
      ["node", "script", "127.0.0.1:4711"],
      ["node", "dynamic-provider-of-another.js", "127.0.0.1:4711"],
      ["node", "cmd/dynamic-provider"],
      ["node", "cmd/dynamic-provider", "test/a.ts:12:3"],
      ["node", "C:\\script.js:"],
      ["node", "test/a.ts:12:3"],
    ]) {
      expect(engineAddress(args)).to.equal(undefined);
    }
  });
});
