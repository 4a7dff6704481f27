import Module from "node:module";
import { expect } from "chai";
import { defaultInstanceId, isSettings, readSettings, type Settings } from "../../provider/settings";

type Values = Readonly<Record<string, string>>;

const lookup = (values: Values) => (key: string) => values[key];

function read(config: Values, environment: Values = {}): Settings {
  const result = readSettings(lookup(config), lookup(environment));
  if (!isSettings(result)) throw new Error(result.join("\n"));
  return result;
}

function faults(config: Values, environment: Values = {}): readonly string[] {
  const result = readSettings(lookup(config), lookup(environment));
  return isSettings(result) ? [] : result;
}

const region = { "apsaramq:region": "cn-hangzhou" };
const emulator = { "apsaramq:endpoint": "http://127.0.0.1:1234" };

describe("settings", () => {
  describe("region", () => {
    const all = { "apsaramq:region": "cn-one", "alicloud:region": "cn-two" };
    const environment = { ALICLOUD_REGION: "cn-three", ALIBABA_CLOUD_REGION_ID: "cn-four" };

    it("comes from apsaramq first", () => {
      expect(read(all, environment).regionId).to.equal("cn-one");
    });

    it("comes from alicloud next", () => {
      expect(read({ "alicloud:region": "cn-two" }, environment).regionId).to.equal("cn-two");
    });

    it("comes from ALICLOUD_REGION next", () => {
      expect(read({}, environment).regionId).to.equal("cn-three");
    });

    it("comes from ALIBABA_CLOUD_REGION_ID last", () => {
      expect(read({}, { ALIBABA_CLOUD_REGION_ID: "cn-four" }).regionId).to.equal("cn-four");
    });

    it("is asked for when it is nowhere", () => {
      expect(faults({})).to.deep.equal([
        "no region is configured: run `pulumi config set apsaramq:region <region id>` (alicloud:region and the variable ALICLOUD_REGION work too)",
      ]);
    });

    it("is not asked for when there is an endpoint", () => {
      expect(read(emulator).regionId).to.equal(undefined);
    });

    it("has the form of a region id", () => {
      expect(faults({ "apsaramq:region": "Hangzhou" })).to.deep.equal([
        'apsaramq:region must be a region id such as cn-hangzhou; got "Hangzhou"',
      ]);
    });
  });

  describe("endpoint", () => {
    it("follows from the region", () => {
      expect(read(region).endpoint.href).to.equal("https://onsmqtt.cn-hangzhou.aliyuncs.com/");
    });

    it("is https when it is a host name alone", () => {
      const { endpoint } = read({ "apsaramq:endpoint": "onsmqtt-vpc.cn-hangzhou.aliyuncs.com" });
      expect(endpoint.href).to.equal("https://onsmqtt-vpc.cn-hangzhou.aliyuncs.com/");
    });

    it("is http when it is a host of this machine alone", () => {
      expect(read({ "apsaramq:endpoint": "127.0.0.1:8080" }).endpoint.href).to.equal("http://127.0.0.1:8080/");
    });

    for (const host of ["127.0.0.1:80", "127.3.2.1", "localhost:8080", "[::1]:8080"]) {
      it(`may be http on ${host}`, () => {
        expect(faults({ "apsaramq:endpoint": `http://${host}` })).to.deep.equal([]);
      });
    }

    for (const host of ["example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0"]) {
      it(`must not be http on ${host}`, () => {
        expect(faults({ "apsaramq:endpoint": `http://${host}` })).to.deep.equal([
          `apsaramq:endpoint must use https: plain http is accepted on loopback only, and ${host} is another host`,
        ]);
      });
    }

    for (const text of [
      "https://example.com/path",
      "https://user:pass@example.com",
      "https://example.com?a=b",
      "https://example.com#a",
      "ftp://example.com",
      "https://",
      "not a host",
    ]) {
      it(`must not be ${text}`, () => {
        expect(faults({ "apsaramq:endpoint": text })).to.deep.equal([
          "apsaramq:endpoint must be a host name or an http(s) URL without path, user or query",
        ]);
      });
    }
  });

  describe("operator's keys", () => {
    const own = { ...region, "apsaramq:accessKeyId": "own", "apsaramq:accessKeySecret": "own-secret" };
    const shared = { "alicloud:accessKey": "shared", "alicloud:secretKey": "shared-secret" };

    it("come from apsaramq first", () => {
      expect(read({ ...own, ...shared }).keys).to.deep.equal({
        from: "keys",
        accessKeyId: "own",
        accessKeySecret: "own-secret",
      });
    });

    it("come from alicloud next", () => {
      expect(read({ ...region, ...shared }).keys).to.deep.equal({
        from: "keys",
        accessKeyId: "shared",
        accessKeySecret: "shared-secret",
      });
    });

    it("carry the token of their own namespace", () => {
      expect(read({ ...own, "apsaramq:securityToken": "token" }).keys).to.have.property("securityToken", "token");
    });

    it("do not take a token of the other namespace", () => {
      expect(read({ ...own, ...shared, "alicloud:securityToken": "token" }).keys).not.to.have.property("securityToken");
    });

    it("come from a profile when there is no pair", () => {
      expect(read({ ...region, "apsaramq:profile": "work" }).keys).to.deep.equal({ from: "profile", profile: "work" });
    });

    it("come from a pair when there is a profile too", () => {
      expect(read({ ...own, "apsaramq:profile": "work" }).keys).to.have.property("from", "keys");
    });

    describe("in the environment", () => {
      const pair = { ALICLOUD_ACCESS_KEY: "environment", ALICLOUD_SECRET_KEY: "environment-secret" };

      it("come after those of the configuration", () => {
        expect(read({ ...region, ...shared }, pair).keys).to.have.property("accessKeyId", "shared");
        expect(read(own, pair).keys).to.have.property("accessKeyId", "own");
      });

      it("come with their token", () => {
        expect(read(region, { ...pair, ALICLOUD_SECURITY_TOKEN: "token" }).keys).to.deep.equal({
          from: "keys",
          accessKeyId: "environment",
          accessKeySecret: "environment-secret",
          securityToken: "token",
        });
      });

      it("lend no token to those of the configuration", () => {
        const { keys } = read({ ...region, ...shared }, { ...pair, ALICLOUD_SECURITY_TOKEN: "token" });
        expect(keys).not.to.have.property("securityToken");
      });

      it("may be those of a profile", () => {
        expect(read(region, { ALICLOUD_PROFILE: "work" }).keys).to.deep.equal({ from: "profile", profile: "work" });
      });

      it("are a pair, too", () => {
        expect(faults(region, { ALICLOUD_ACCESS_KEY: "environment" })).to.deep.equal([
          "ALICLOUD_SECRET_KEY is missing: access key id and secret are set together or not at all",
        ]);
      });
    });

    it("come from the default chain when nothing is configured", () => {
      expect(read(region).keys).to.deep.equal({ from: "default chain" });
    });

    it("are a pair: an id alone is a fault", () => {
      expect(faults({ ...region, "apsaramq:accessKeyId": "own" })).to.deep.equal([
        "apsaramq:accessKeySecret is missing: access key id and secret are set together or not at all",
      ]);
    });

    it("are a pair: a secret alone is a fault, which does not quote it", () => {
      expect(faults({ ...region, "apsaramq:accessKeySecret": "own-secret" })).to.deep.equal([
        "apsaramq:accessKeyId is missing: access key id and secret are set together or not at all",
      ]);
    });

    it("are no mixture of two pairs", () => {
      expect(faults({ ...region, ...shared, "apsaramq:accessKeyId": "own" })).to.deep.equal([
        "apsaramq:accessKeySecret is missing: access key id and secret are set together or not at all",
      ]);
    });
  });

  describe("instanceId", () => {
    it("is the default of all resources", () => {
      expect(defaultInstanceId(lookup({ ...region, "apsaramq:instanceId": "post-cn-1" }))).to.equal("post-cn-1");
    });

    it("is not given by an empty value", () => {
      expect(defaultInstanceId(lookup({ "apsaramq:instanceId": "" }))).to.equal(undefined);
    });
  });

  describe("ifExists", () => {
    it("is fail unless configured", () => {
      expect(read(region).ifExists).to.equal("fail");
    });

    it("is one of three words", () => {
      expect(faults({ ...region, "apsaramq:ifExists": "replace" })).to.deep.equal([
        'apsaramq:ifExists must be fail, adopt, rotate; got "replace"',
      ]);
    });
  });

  describe("verifySecrets", () => {
    it("is false unless the configuration or the environment says so, the configuration first", () => {
      const [yes, no] = [
        { ...region, "apsaramq:verifySecrets": "true" },
        { ...region, "apsaramq:verifySecrets": "false" },
      ];
      const environment = { APSARAMQ_VERIFY_SECRETS: "true" };
      const found = [read(region), read(yes), read(region, environment), read(no, environment)];
      expect(found.map(({ verifySecrets }) => verifySecrets)).to.deep.equal([false, true, true, false]);
    });

    it("is true or false", () => {
      expect(faults({ ...region, "apsaramq:verifySecrets": "yes" })).to.deep.equal([
        'apsaramq:verifySecrets must be false, true; got "yes"',
      ]);
    });
  });

  describe("requestTimeout", () => {
    it("is 10 seconds unless configured", () => {
      expect(read(region).requestTimeoutMs).to.equal(10_000);
    });

    for (const text of ["1ms", "10m"]) {
      it(`may be ${text}`, () => {
        expect(faults({ ...region, "apsaramq:requestTimeout": text })).to.deep.equal([]);
      });
    }

    for (const text of ["0s", "11m", "25d", "999999999d"]) {
      it(`must not be ${text}: a timer takes no more, and nobody waits so long`, () => {
        expect(faults({ ...region, "apsaramq:requestTimeout": text })).to.deep.equal([
          `apsaramq:requestTimeout must be from 1ms to 10m; got "${text}"`,
        ]);
      });
    }

    for (const text of ["10", "soon", "1.5s"]) {
      it(`must not be ${text}`, () => {
        expect(faults({ ...region, "apsaramq:requestTimeout": text })).to.deep.equal([
          `apsaramq:requestTimeout must be a whole number with a unit ms, s, m, h or d, such as "90s" or "10m"; got "${text}"`,
        ]);
      });
    }
  });

  describe("maxRequestsPerSecond", () => {
    it("is 100 unless configured", () => {
      expect(read(region).maxRequestsPerSecond).to.equal(100);
    });

    it("may be 300", () => {
      expect(read({ ...region, "apsaramq:maxRequestsPerSecond": "300" }).maxRequestsPerSecond).to.equal(300);
    });

    for (const text of ["301", "1000", "-1", "1.5", "many"]) {
      it(`must not be ${text}`, () => {
        expect(faults({ ...region, "apsaramq:maxRequestsPerSecond": text })).to.deep.equal([
          `apsaramq:maxRequestsPerSecond must be a whole number from 1 to 300 (0, no limit, on loopback only); got "${text}"`,
        ]);
      });
    }

    it("may be switched off on loopback", () => {
      expect(read({ ...emulator, "apsaramq:maxRequestsPerSecond": "0" }).maxRequestsPerSecond).to.equal(0);
    });

    it("must not be switched off elsewhere", () => {
      expect(faults({ ...region, "apsaramq:maxRequestsPerSecond": "0" })).to.deep.equal([
        "apsaramq:maxRequestsPerSecond may be 0 (no limit) on a loopback endpoint only: the service blocks an address that sends over 300 requests a second",
      ]);
    });
  });

  describe("limiterUrl", () => {
    it("is none unless configured", () => {
      expect(read(region).limiterUrl).to.equal(undefined);
    });

    it("comes from the configuration, then from the environment", () => {
      const environment = { APSARAMQ_LIMITER_URL: "redis://two.example.com" };
      expect(read(region, environment).limiterUrl?.host).to.equal("two.example.com");
      const both = { ...region, "apsaramq:limiterUrl": "rediss://user:pa%40ss@one.example.com:6380/2" };
      expect(read(both, environment).limiterUrl?.host).to.equal("one.example.com:6380");
    });

    for (const text of [
      "redis.example.com:6379",
      "http://redis.example.com",
      "redis://",
      "redis://planted@host/name",
      "redis://:planted%@host",
      "redis://:planted@host?db=1",
      "redis://:planted@host:99999",
    ]) {
      it(`must not be ${text}, and the fault does not quote it`, () => {
        expect(faults({ ...region, "apsaramq:limiterUrl": text })).to.deep.equal([
          "apsaramq:limiterUrl must be a URL of Redis, such as redis://127.0.0.1:6379 or rediss://user:password@redis.example.com:6380/0, with what is special in user and password written as %..",
        ]);
      });
    }

    it("needs the package that talks to Redis", () => {
      // What Node says of a package that is not there.
      const resolve = Reflect.get(Module, "_resolveFilename");
      Reflect.set(Module, "_resolveFilename", (name: string, ...more: unknown[]) => {
        if (name === "@redis/client") throw new Error("Cannot find module");
        return resolve(name, ...more);
      });
      try {
        expect(faults({ ...region, "apsaramq:limiterUrl": "redis://127.0.0.1" })).to.deep.equal([
          "apsaramq:limiterUrl needs a package that is not installed: run `npm install @redis/client` where pulumi-apsaramq-mqtt is installed",
        ]);
        expect(faults(region)).to.deep.equal([]);
      } finally {
        Reflect.set(Module, "_resolveFilename", resolve);
      }
    });
  });

  it("treats empty values as not given", () => {
    expect(read({ ...region, "apsaramq:endpoint": "", "apsaramq:ifExists": "" }).endpoint.hostname).to.equal(
      "onsmqtt.cn-hangzhou.aliyuncs.com",
    );
  });

  it("reports every fault at once", () => {
    const found = faults({
      "apsaramq:region": "?",
      "apsaramq:endpoint": "http://example.com",
      "apsaramq:accessKeyId": "own",
      "apsaramq:ifExists": "?",
      "apsaramq:requestTimeout": "?",
      "apsaramq:maxRequestsPerSecond": "?",
    });
    const keys = ["region", "endpoint", "accessKeySecret", "ifExists", "requestTimeout", "maxRequestsPerSecond"];
    expect(found.map((fault) => fault.split(" ")[0])).to.deep.equal(keys.map((key) => `apsaramq:${key}`));
  });
});
