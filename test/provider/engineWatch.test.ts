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
      endWithEngine(`127.0.0.1:${(engine.address() as AddressInfo).port}`, () => {
        ended++;
        resolve();
      });
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
});

describe("engineAddress", () => {
  it("is the last argument of a provider process", () => {
    expect(engineAddress(["node", "script", "127.0.0.1:4711"])).to.equal("127.0.0.1:4711");
  });

  it("is undefined in any other process", () => {
    for (const args of [
      ["node", "script"],
      ["node", "C:\\script.js:"],
      ["node", "test/a.ts:12:3"],
    ]) {
      expect(engineAddress(args)).to.equal(undefined);
    }
  });
});
