import { expect } from "chai";
import { EmulatorFixture, VendorClient } from "../harness";
import { clientId, Devices, deviceLogin, instanceId, otherClientId, seed, signed } from "./devices";

const badClientId = 2;
const badPassword = 4;
const notAuthorized = 5;

describe("the password of a device", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();

  it("is base64 of HMAC-SHA1 over the client id, by the answer computed with OpenSSL", async () => {
    // printf 'GID_sensors@@@line-1' | openssl dgst -sha1 -hmac 'DC.secret' -binary | base64
    const login = { ...deviceLogin(), password: "KWfX7TqnMbIX4AelJhPoDqjnLhA=" };
    expect(await devices.connect(fixture.emulator.mqtt, login)).to.have.property("connected", true);
  });
});

describe("a login by device credential", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();

  for (const way of ["mqtt", "mqtts", "ws"] as const) {
    it(`is let in over ${way}, and refused with a wrong password`, async () => {
      const { ca, [way]: url } = fixture.emulator;
      const device = await devices.connect(url, { ...deviceLogin(), ca });
      expect(device.connected).to.equal(true);
      expect(await devices.refusal(url, { ...deviceLogin(otherClientId), ca, password: "wrong" })).to.equal(
        badPassword,
      );
    });
  }

  it("is refused for another key, another client's password, another or no instance", async () => {
    const { mqtt } = fixture.emulator;
    const wrong = [
      { username: `DeviceCredential|DC.other|${instanceId}` },
      { password: signed("DC.secret", otherClientId) },
      { password: "" },
      { username: "DeviceCredential|DC.key" },
      { username: `DeviceCredential|DC.key|${instanceId}|more` },
      { username: `deviceCredential|DC.key|${instanceId}` },
    ];
    for (const login of wrong) {
      expect(await devices.refusal(mqtt, { ...deviceLogin(), ...login })).to.equal(badPassword);
    }
    const { username: _, password: __, ...nameless } = deviceLogin();
    expect(await devices.refusal(mqtt, nameless)).to.equal(badPassword);
    const elsewhere = { ...deviceLogin(), username: "DeviceCredential|DC.key|post-cn-none" };
    expect(await devices.refusal(mqtt, elsewhere)).to.equal(notAuthorized);
  });

  it("is refused for client ids against the rule", async () => {
    const ids = ["line-1", "GID_sensors", "GID_sensors@@@", "GID_sensors@@@line/1", "sensors@@@line-1"];
    for (const id of [...ids, `GID_sensors@@@${"x".repeat(51)}`]) {
      expect(await devices.refusal(fixture.emulator.mqtt, deviceLogin(id))).to.equal(badClientId);
    }
  });

  it("follows the credential: registered, refreshed, unregistered", async () => {
    const { mqtt } = fixture.emulator;
    const target = { InstanceId: instanceId, ClientId: "GID_sensors@@@line-3" };
    const call = async (action: string) => {
      const answer = await fixture.client.call<{ DeviceCredential: Keys }>(action, target);
      return deviceLogin(target.ClientId, {
        deviceAccessKeyId: answer.DeviceCredential.DeviceAccessKeyId,
        deviceAccessKeySecret: answer.DeviceCredential.DeviceAccessKeySecret,
      });
    };
    const registered = await call("RegisterDeviceCredential");
    await (await devices.connect(mqtt, registered)).endAsync();
    const refreshed = await call("RefreshDeviceCredential");
    expect(await devices.refusal(mqtt, registered)).to.equal(badPassword);
    await (await devices.connect(mqtt, refreshed)).endAsync();
    await fixture.client.call("UnRegisterDeviceCredential", target);
    expect(await devices.refusal(mqtt, refreshed)).to.equal(badPassword);
  });
});

interface Keys {
  readonly DeviceAccessKeyId: string;
  readonly DeviceAccessKeySecret: string;
}

describe("a login into a group that does not exist", () => {
  const login = {
    clientId: "GID_nobody@@@line-1",
    username: `Signature|own|${instanceId}`,
    password: signed("own-secret", "GID_nobody@@@line-1"),
  };

  describe("by default", () => {
    const fixture = new EmulatorFixture({ seed });
    const devices = new Devices();

    it("is refused", async () => {
      expect(await devices.refusal(fixture.emulator.mqtt, login)).to.equal(notAuthorized);
    });
  });

  describe("under the other assumption", () => {
    const fixture = new EmulatorFixture({ seed, assumptions: { clientOfUnknownGroup: "allowed" } });
    const devices = new Devices();

    it("is let in", async () => {
      expect(await devices.connect(fixture.emulator.mqtt, login)).to.have.property("connected", true);
    });
  });
});

describe("a login by signature", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const login = (accessKeyId: string, secret = `${accessKeyId}-secret`) => ({
    clientId,
    username: `Signature|${accessKeyId}|${instanceId}`,
    password: signed(secret, clientId),
  });

  it("is let in with a key pair of the instance's account", async () => {
    expect(await devices.connect(fixture.emulator.mqtt, login("own"))).to.have.property("connected", true);
  });

  it("is refused with a wrong secret, an unknown or temporary key pair, one of another account", async () => {
    const { mqtt } = fixture.emulator;
    expect(await devices.refusal(mqtt, login("own", "other"))).to.equal(badPassword);
    expect(await devices.refusal(mqtt, login("unknown"))).to.equal(badPassword);
    expect(await devices.refusal(mqtt, login("temporary"))).to.equal(badPassword);
    expect(await devices.refusal(mqtt, login("foreign"))).to.equal(notAuthorized);
  });
});

describe("a login by token", () => {
  const fixture = new EmulatorFixture({ seed, clock: "2026-01-01T00:00:00Z" });
  const devices = new Devices();
  const username = `Token|own|${instanceId}`;
  const apply = async (Actions: string, Resources: string): Promise<string> => {
    const ExpireTime = String(Date.parse(fixture.emulator.clock()) + 3_600_000);
    const parameters = { InstanceId: instanceId, Actions, Resources, ExpireTime };
    return (await fixture.client.call<{ Token: string }>("ApplyToken", parameters)).Token;
  };

  it("is let in with valid tokens in any order", async () => {
    const [reading, writing] = [await apply("R", "demo/#"), await apply("W", "alerts")];
    for (const password of [`R|${reading}|W|${writing}`, `W|${writing}|R|${reading}`, `R|${reading}`]) {
      const device = await devices.connect(fixture.emulator.mqtt, { clientId, username, password });
      await device.endAsync();
    }
  });

  it("is refused unless all of them are valid, and presented as what they are", async () => {
    const [reading, both] = [await apply("R", "demo/#"), await apply("R,W", "demo/#")];
    const wrong = [
      `R|${reading}|W|none`,
      `W|${reading}`,
      `R|${reading}|R|${both}`,
      `X|${reading}`,
      reading,
      "R",
      "R|",
      "",
    ];
    for (const password of wrong) {
      expect(await devices.refusal(fixture.emulator.mqtt, { clientId, username, password })).to.equal(notAuthorized);
    }
  });

  it("is refused for key pairs that are unknown or of another account", async () => {
    const password = `R|${await apply("R", "demo/#")}`;
    const loginOf = (key: string) => ({ clientId, username: `Token|${key}|${instanceId}`, password });
    expect(await devices.refusal(fixture.emulator.mqtt, loginOf("unknown"))).to.equal(badPassword);
    expect(await devices.refusal(fixture.emulator.mqtt, loginOf("foreign"))).to.equal(notAuthorized);
  });

  it("is refused once a token has expired by the emulator's clock, or was revoked", async () => {
    const [first, second] = [await apply("R", "demo/#"), await apply("R", "demo/#")];
    await fixture.client.call("RevokeToken", { InstanceId: instanceId, Token: first });
    const login = { clientId, username, password: `R|${first}` };
    expect(await devices.refusal(fixture.emulator.mqtt, login)).to.equal(notAuthorized);
    fixture.emulator.setClock("2026-01-01T01:30:00Z");
    expect(await devices.refusal(fixture.emulator.mqtt, { ...login, password: `R|${second}` })).to.equal(notAuthorized);
  });
});

describe("a login by custom authentication", () => {
  const second = { instanceId: "post-cn-second", accountId: "1", groups: [{ groupId: "GID_sensors" }] };
  const fixture = new EmulatorFixture({ seed: { ...seed, instances: [...seed.instances, second] } });
  const devices = new Devices();
  const add = (parameters: Record<string, string>, InstanceId = instanceId) =>
    fixture.client.call("AddCustomAuthIdentity", { InstanceId, ...parameters });

  it("compares the secret itself, or the signature made with it", async () => {
    await add({ IdentityType: "USER", Username: "plain", Secret: "open sesame", SignMode: "ORIGIN" });
    await add({ IdentityType: "USER", Username: "signed", Secret: "key", SignMode: "SIGNED" });
    const { mqtt } = fixture.emulator;
    await devices.connect(mqtt, { clientId, username: "plain", password: "open sesame" });
    await devices.connect(mqtt, {
      clientId: otherClientId,
      username: "signed",
      password: signed("key", otherClientId),
    });
    const wrong = [
      ["plain", "wrong"],
      ["signed", "key"],
      ["signed", signed("key", clientId)],
      ["unknown", "open sesame"],
    ] as const;
    for (const [username, password] of wrong) {
      expect(await devices.refusal(mqtt, { clientId: otherClientId, username, password })).to.equal(badPassword);
    }
  });

  it("lets a name that belongs to one client in as that client only", async () => {
    const identity = { IdentityType: "CLIENT", Username: "own", ClientId: clientId, Secret: "s", SignMode: "ORIGIN" };
    await add(identity);
    const login = { username: "own", password: "s" };
    await devices.connect(fixture.emulator.mqtt, { ...login, clientId });
    expect(await devices.refusal(fixture.emulator.mqtt, { ...login, clientId: otherClientId })).to.equal(badPassword);
  });

  it("turns away a client on the blacklist", async () => {
    await add({ IdentityType: "USER", Username: "plain", Secret: "s", SignMode: "ORIGIN" });
    await fixture.client.call("AddCustomAuthConnectBlack", { InstanceId: instanceId, ClientId: clientId });
    const login = { username: "plain", password: "s" };
    expect(await devices.refusal(fixture.emulator.mqtt, { ...login, clientId })).to.equal(notAuthorized);
    await devices.connect(fixture.emulator.mqtt, { ...login, clientId: otherClientId });
  });

  it("goes to the instance of the host, else to the first that knows the name", async () => {
    await add({ IdentityType: "USER", Username: "both", Secret: "first", SignMode: "ORIGIN" });
    await add({ IdentityType: "USER", Username: "both", Secret: "second", SignMode: "ORIGIN" }, second.instanceId);
    const { mqtts, ca } = fixture.emulator;
    const login = { clientId, username: "both", ca };
    await devices.connect(mqtts, { ...login, password: "first" });
    const named = { ...login, servername: `${second.instanceId}.mqtt.aliyuncs.com` };
    await devices.connect(mqtts, { ...named, password: "second" });
    expect(await devices.refusal(mqtts, { ...named, password: "first" })).to.equal(badPassword);
  });
});

describe("logins to an instance that is closed or full", () => {
  const [instance] = seed.instances;
  const fixture = new EmulatorFixture({
    seed: { ...seed, instances: [{ ...instance, instanceId, maxConnections: 1 }] },
  });
  const devices = new Devices();

  it("are refused over the connections it was bought for, until there is room", async () => {
    const first = await devices.connect(fixture.emulator.mqtt, deviceLogin());
    expect(await devices.refusal(fixture.emulator.mqtt, deviceLogin(otherClientId))).to.equal(3);
    await first.endAsync();
    await devices.connect(fixture.emulator.mqtt, deviceLogin(otherClientId));
  });

  it("are refused after a downgrade, and let in after the recovery", async () => {
    const client = new VendorClient(fixture.emulator.endpoint, fixture.emulator);
    await client.call("DisasterDowngrade", { InstanceId: instanceId, DowngradeInstanceId: instanceId });
    expect(await devices.refusal(fixture.emulator.mqtt, deviceLogin())).to.equal(3);
    await client.call("DisasterRecovery", { InstanceId: instanceId, RecoveryInstanceId: instanceId });
    await devices.connect(fixture.emulator.mqtt, deviceLogin());
  });
});
