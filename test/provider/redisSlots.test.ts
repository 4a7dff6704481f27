import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "@redis/client";
import FakeTimers from "@sinonjs/fake-timers";
import { expect } from "chai";
import { RedisSlots } from "../../provider/redisSlots";
import type { Claimed, SharedLimit } from "../../provider/sharedLimits";
import { hasRedis, RedisServer } from "../../tools/redis/redisServer";
import { createCa, privateKeyPem } from "../../tools/x509";

const hour = 3_600_000;
const limit: SharedLimit = { name: "all", perSecond: 100, everyMs: 10, lateMs: 100 };

function inMs(claimed: Claimed): number {
  return claimed.is === "given" ? claimed.inMs : expect.fail(JSON.stringify(claimed));
}

describe("Slots that Redis gives", () => {
  const ends: (() => unknown)[] = [];

  before(function () {
    if (!hasRedis) {
      console.log("    There is no redis-server: the tests of it are skipped.");
      this.skip();
    }
  });

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function started(...options: string[]): Promise<RedisServer> {
    const server = await RedisServer.start(...options);
    ends.push(() => server.close());
    return server;
  }

  function slotsOf(url: string, domain = "service", onBreak = () => {}): RedisSlots {
    const slots = new RedisSlots(new URL(url), domain, onBreak);
    ends.push(() => slots.close());
    return slots;
  }

  it("come one after the other, whoever asks", async () => {
    const { url } = await started();
    const [one, other] = [slotsOf(url), slotsOf(url)];
    // Before it, so that nothing is late when it counts.
    await Promise.all([one.claim({ ...limit, name: "warm" }, 1), other.claim({ ...limit, name: "warm" }, 1)]);
    const begun = performance.now();
    expect(inMs(await one.claim(limit, 100))).to.equal(0);
    const first = inMs(await other.claim(limit, 50));
    expect(first).to.be.within(1_000 - (performance.now() - begun), 1_000);
    const next = inMs(await one.claim(limit, 1));
    expect(next).to.be.within(1_500 - (performance.now() - begun), 1_500);
  });

  it("are given for ten seconds ahead, no more", async () => {
    const slots = slotsOf((await started()).url);
    expect(inMs(await slots.claim(limit, 2_000))).to.equal(0);
    expect(await slots.claim(limit, 1)).to.deep.equal({ is: "none yet" });
  });

  it("are apart for each limit and each domain", async () => {
    const { url } = await started();
    const slots = slotsOf(url);
    await slots.claim(limit, 500);
    expect(inMs(await slots.claim({ ...limit, name: "groups" }, 1))).to.equal(0);
    expect(inMs(await slotsOf(url, "127.0.0.1:4711").claim(limit, 1))).to.equal(0);
    expect(inMs(await slotsOf(`${url}/1`).claim(limit, 1))).to.equal(0);
  });

  it("do not stop when the clock of Redis was set back by an hour, or what it holds makes no sense", async () => {
    const server = await started();
    const slots = slotsOf(server.url);
    const client = createClient({ url: server.url });
    await client.connect();
    ends.push(() => client.destroy());
    await slots.claim(limit, 1);
    const [key = ""] = await client.keys("*");
    for (const text of [String((Date.now() + hour) * 1_000), "x", ""]) {
      await client.set(key, text);
      expect(inMs(await slots.claim(limit, 1))).to.equal(0);
    }
    expect(await client.pTTL(key)).to.be.within(1, 60_000);
  });

  it("come after scripts and data were flushed", async () => {
    const server = await started();
    const slots = slotsOf(server.url);
    await slots.claim(limit, 500);
    const client = createClient({ url: server.url });
    await client.connect();
    ends.push(() => client.destroy());
    await client.scriptFlush();
    await client.flushAll();
    expect(inMs(await slots.claim(limit, 1))).to.equal(0);
  });

  it("come again when Redis does, and nobody believes in the old ones", async () => {
    const server = await started();
    let told = () => {};
    const broken = new Promise<void>((resolve) => {
      told = resolve;
    });
    const slots = slotsOf(server.url, "service", () => told());
    await slots.claim(limit, 1);
    await server.kill();
    await broken;
    expect(await slots.claim(limit, 1)).to.deep.equal({ is: "away", reason: "ECONNREFUSED" });
    await server.start();
    expect(inMs(await slots.claim(limit, 1))).to.equal(0);
  });

  describe("cannot be had", () => {
    const faults = {
      "without the password": { options: ["--requirepass", "s3cret"], user: "", reason: "NOAUTH" },
      "with a wrong password": { options: ["--requirepass", "s3cret"], user: ":wr0ng@", reason: "WRONGPASS" },
      "by a user who may run no script": {
        options: ["--user", "default", "on", "nopass", "~*", "+@all", "-eval"],
        user: "",
        reason: "NOPERM",
      },
      "when the memory is full": { options: ["--maxmemory", "1"], user: "", reason: "OOM" },
      "of a replica": { options: ["--replicaof", "127.0.0.1", "1"], user: "", reason: "READONLY" },
    };
    for (const [title, { options, user, reason }] of Object.entries(faults)) {
      it(`${title}: ${reason}`, async () => {
        const { url } = await started(...options);
        const slots = slotsOf(url.replace("//", `//${user}`));
        expect(await slots.claim(limit, 1)).to.deep.equal({ is: "away", reason });
      });
    }

    it("of what is no Redis", async () => {
      const port = await listening((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      const claimed = await slotsOf(`redis://127.0.0.1:${port}`).claim(limit, 1);
      expect(claimed).to.include({ is: "away" });
    });

    it("with a certificate that nobody vouches for", async () => {
      const { pem, keys } = await createCa({ commonName: "redis" });
      const server = await RedisServer.startTls(pem, await privateKeyPem(keys));
      ends.push(() => server.close());
      const claimed = await slotsOf(server.url.replace("redis:", "rediss:")).claim(limit, 1);
      expect(claimed).to.deep.equal({ is: "away", reason: "DEPTH_ZERO_SELF_SIGNED_CERT" });
      expect(await slotsOf(server.url).claim(limit, 1)).to.include({ is: "away" });
    });

    it("of a name that does not exist", async () => {
      const claimed = await slotsOf("redis://redis.invalid:6379").claim(limit, 1);
      expect(claimed.is === "away" && claimed.reason).to.be.oneOf(["ENOTFOUND", "EAI_AGAIN"]);
    });

    it("of one who is silent, and nobody waits for ever", async () => {
      const timers = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
      try {
        const port = await listening(() => timers.tick(2_000));
        const claimed = await slotsOf(`redis://127.0.0.1:${port}`).claim(limit, 1);
        expect(claimed).to.deep.equal({ is: "away", reason: "no answer in time" });
      } finally {
        timers.uninstall();
      }
    });

    async function listening(answer: (socket: { end(text: string): void }) => void): Promise<number> {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const sockets = new Set<{ destroy(): void }>();
      server.on("connection", (socket) => {
        sockets.add(socket);
        answer(socket);
      });
      ends.push(() => {
        for (const socket of sockets) socket.destroy();
        server.close();
      });
      return (server.address() as AddressInfo).port;
    }
  });

  it("are for a user whose name and password have what is special in a URL", async () => {
    const { url } = await started("--user", "op", "on", ">p@ss/w:rd", "~*", "+@all", "--user", "default", "off");
    const own = url.replace("//", `//op:${encodeURIComponent("p@ss/w:rd")}@`);
    expect(inMs(await slotsOf(own).claim(limit, 1))).to.equal(0);
  });
});
