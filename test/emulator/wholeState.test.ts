import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { assumptionTable, defaultAssumptions } from "../../emulator/facts/assumptions";
import { type Emulator, type Seed, startEmulator } from "../../emulator/index";
import { type Collection, collectionsOf } from "../../emulator/state/collections";
import { initialDefaults, stateFromSeed } from "../../emulator/state/seed";
import type { State } from "../../emulator/state/state";
import { DataFolder } from "../../emulator/storage/dataFolder";
import { createCa } from "../../tools/x509";

/** A state in which nothing is left out and nothing is as it would be by default. */
async function wholeSeed() {
  const ca = await createCa({ commonName: "Plant CA" });
  const device = await ca.device({ commonName: "gateway" });
  const verification = await ca.device({ commonName: "code-2" });
  const lastReading = ({ options }: { options: readonly string[] }) => options.at(-1);
  return {
    regionId: "cn-shanghai",
    assumptions: Object.fromEntries(Object.entries(assumptionTable).map(([id, row]) => [id, lastReading(row)])),
    accessKeys: [
      { accessKeyId: "LTAI-one", accessKeySecret: "secret-one", accountId: "2" },
      { accessKeyId: "LTAI-two", accessKeySecret: "secret-two", accountId: "3", securityToken: "token" },
    ],
    instances: [
      {
        instanceId: "i-whole",
        instanceName: "whole",
        accountId: "3",
        createTime: 1,
        expireTime: 2,
        independentNaming: false,
        topics: ["a", "b"],
        edition: "professional",
        tags: [{ key: "site", value: "north" }],
        maxConnections: 3,
        maxDeviceCredentials: 4,
        maxCaCertificates: 5,
        groups: [{ groupId: "GID_abc", createTime: 6, updateTime: 7, tags: [{ key: "empty", value: "" }] }],
        credentials: [
          {
            clientId: "GID_abc@@@1",
            deviceAccessKeyId: "DC.key",
            deviceAccessKeySecret: "DC.secret",
            createTime: 8,
            updateTime: 9,
          },
        ],
        registerCodes: [
          { code: "code-1", used: false },
          { code: "code-2", used: true },
        ],
        caCertificates: [
          {
            caName: "plant",
            caContent: ca.pem,
            registrationCode: "code-2",
            verificationContent: verification.pem,
            status: "inactive",
            deviceCertificates: [{ deviceContent: device.pem, status: "inactive" }],
          },
        ],
        tokens: [{ token: "LzMT+XLFl5", topics: ["a/#"], actions: "R,W", expireTime: 10 }],
        customAuthIdentities: [
          { identityType: "CLIENT", username: "u", clientId: "GID_abc@@@1", signMode: "SIGNED", secret: "s" },
          { identityType: "USER", username: "u", signMode: "ORIGIN", secret: "t" },
        ],
        customAuthPermissions: [
          { identityType: "USER", identity: "u", topic: "a/b", permitAction: "PUB_SUB", effect: "DENY" },
        ],
        customAuthConnectBlacks: [{ clientId: "GID_abc@@@2" }],
        sniCertificates: [{ domain: "*", certificateId: "1-cn-hangzhou", password: "p" }],
        closedAccess: [{ network: "public", since: 11 }],
        onlineClientIds: ["GID_abc@@@1"],
      },
    ],
  } satisfies Record<Exclude<keyof Seed, "$schema">, unknown>;
}

type AnyCollection = Pick<Collection<unknown>, "add" | "remove" | "seeds">;

describe("the whole state", () => {
  const data = mkdtempSync(join(tmpdir(), "emulator-whole-"));
  let running: Emulator | undefined;
  let whole: Awaited<ReturnType<typeof wholeSeed>>;

  before(async () => {
    whole = await wholeSeed();
  });
  afterEach(() => running?.close());
  after(() => rmSync(data, { recursive: true }));

  const start = async (options: Parameters<typeof startEmulator>[0] = {}) => {
    running = await startEmulator(options);
    return running;
  };

  it("of this test leaves nothing out", () => {
    const { instances } = stateFromSeed(whole, initialDefaults, 0);
    const instance = instances.get("i-whole") ?? expect.fail();
    for (const [name, collection] of Object.entries(collectionsOf(instance))) {
      expect(collection.seeds(), name).to.not.deep.equal([]);
    }
    expect(whole.assumptions).to.have.all.keys(defaultAssumptions);
  });

  it("comes back from its export, in another emulator", async () => {
    const first = await start();
    first.setState(JSON.parse(JSON.stringify(whole)));
    const exported = first.state();
    expect(exported).to.deep.equal(whole);
    await first.close();
    const second = await start({ seed: exported });
    expect(second.state()).to.deep.equal(whole);
  });

  it("comes back from a data folder, but for its connections", async () => {
    await (await start({ data, seed: JSON.parse(JSON.stringify(whole)) })).close();
    const instances = whole.instances.map((instance) => ({ ...instance, onlineClientIds: [] }));
    expect((await start({ data })).state()).to.deep.equal({ ...whole, instances });
  });

  it("comes back change by change, and goes change by change", async () => {
    const path = join(data, "changes");
    const load = (json: unknown) => stateFromSeed(json, initialDefaults, 0);
    const records = ({ instances }: State) => {
      const collections = collectionsOf(instances.get("i-whole") ?? expect.fail());
      return Object.entries<AnyCollection>(collections).map(([name, { seeds }]) => [name, seeds()] as const);
    };
    const kept = async () => {
      const folder = await DataFolder.open(path);
      const { state } = folder.load(load, 0) ?? expect.fail();
      folder.close();
      return records(state);
    };
    const empty = load({ instances: [{ instanceId: "i-whole" }] });
    const full = load(whole);
    const [caSn = ""] = full.instances.get("i-whole")?.caCertificates.keys() ?? [];

    const folder = await DataFolder.open(path);
    const state = load({ instances: [{ instanceId: "i-whole" }] });
    folder.keep(state, 0);
    const collections = Object.entries<AnyCollection>(collectionsOf(state.instances.get("i-whole") ?? expect.fail()));
    const added = new Map(records(full));
    const places: (() => void)[] = [];
    for (const [name, collection] of collections) {
      for (const seed of added.get(name) ?? []) {
        const keys = collection.add(seed, { path: name, now: 0, group: caSn });
        places.push(() => collection.remove(keys));
      }
    }
    folder.commit();
    folder.close();
    expect(await kept()).to.deep.equal(records(full));

    const again = await DataFolder.open(path);
    again.keep(state, 0);
    for (const remove of places) remove();
    again.commit();
    again.close();
    expect(await kept()).to.deep.equal(records(empty));
  });
});
