import type { MqttClient } from "mqtt";
import type { IConnectPacket } from "mqtt-packet";
import { type AssumptionId, assumptionTable } from "../../emulator/facts/assumptions";
import type { Emulator } from "../../emulator/index";
import { privateKeyPem } from "../../tools/x509";
import { type Devices, type LoginOptions, nextMessage, signed } from "./broker/devices";
import { connectPacket, RawClient } from "./broker/rawClient";
import { clientId, type Pki } from "./goodCalls";
import { type Parameters, VendorClient } from "./harness";

/** The world of `everyAction.test.ts`, read in one way or another. */
export interface World {
  readonly emulator: Emulator;
  readonly client: VendorClient;
  readonly devices: Devices;
  readonly pki: Pki;
}

type SwitchId = {
  [Id in AssumptionId]: (typeof assumptionTable)[Id]["options"] extends readonly [string] ? never : Id;
}[AssumptionId];
/** What shows in which of its ways a switch stands: the same each time, and another for each option. */
type Way = (world: World) => Promise<unknown>;

export const switches: readonly AssumptionId[] = (Object.keys(assumptionTable) as AssumptionId[]).filter(
  (id) => assumptionTable[id].options.length > 1,
);

const own = { InstanceId: "i-own" };
const mqtt = { MqttInstanceId: "i-own" };
const group = { ...own, GroupId: "GID_sensors" };
const device = { ...own, ClientId: clientId };
const otherClientId = "GID_sensors@@@line-2";
const identity = { ...own, IdentityType: "USER", Username: "gateway", SignMode: "SIGNED", Secret: "secret" };

/** The code of a refusal, or that there was none. */
async function code({ client }: World, action: string, parameters: Parameters): Promise<string> {
  return client.call(action, parameters).then(
    () => "answered",
    (error: { data: { Code: string } }) => error.data.Code,
  );
}

/** An operator that may access these instances, and nothing more. */
async function withRights<T>(world: World, Resource: string, ask: (limited: World) => Promise<T>): Promise<T> {
  const keys = { accessKeyId: "limited", accessKeySecret: "limited-secret", accountId: "1" };
  const state = world.emulator.state();
  const Statement = [{ Effect: "Allow" as const, Action: "mq:MqttInstanceAccess", Resource }];
  world.emulator.setState({ ...state, accessKeys: [{ ...keys, policy: { Version: "1", Statement } }] });
  try {
    return await ask({ ...world, client: new VendorClient(world.emulator.endpoint, keys) });
  } finally {
    world.emulator.setState(state);
  }
}

function signatureLogin(id = otherClientId): LoginOptions {
  return { clientId: id, username: "Signature|own|i-own", password: signed("own-secret", id) };
}

/** The code of a refused login, or that it was let in. */
function logIn({ emulator, devices }: World, login: LoginOptions, url = emulator.mqtt): Promise<number | string> {
  return devices.connect(url, login).then(
    () => "let in",
    (error: { code?: number; message: string }) => error.code ?? error.message,
  );
}

/** How a device's wish ends: it is granted, refused, or costs the connection. */
async function outcome(client: MqttClient, wish: (client: MqttClient) => Promise<unknown>): Promise<string> {
  const cut = new Promise<string>((resolve) => client.once("close", () => resolve("cut")));
  const granted = wish(client).then(
    () => "granted",
    () => "refused",
  );
  return Promise.race([cut, granted]);
}

const ways: Readonly<Record<SwitchId, Way>> = {
  httpStatus: ({ client }) => client.refusal("GetCaCertificate", { ...mqtt, Sn: "00" }),
  missingParameter: (world) => code(world, "GetDeviceCredential", own),
  unknownParameters: (world) => code(world, "ListInstances", { Colour: "red" }),

  ramNames: (world) => withRights(world, "*", (limited) => code(limited, "GetDeviceCredential", device)),
  ramResources: async (world) => [
    await withRights(world, "acs:mq:*:*:instance/i-own", (limited) => code(limited, "QuerySessionByClientId", device)),
    await withRights(world, "acs:mq:*:*:i-own", (limited) => code(limited, "QuerySessionByClientId", device)),
  ],
  ramRefusal: (world) => withRights(world, "acs:mq:*:*:i-other", (limited) => code(limited, "ListGroupId", own)),

  registerExisting: (world) => code(world, "RegisterDeviceCredential", device),
  refreshChanges: async ({ client }) => {
    const keyId = async (action: string) => {
      const answer = await client.call<{ DeviceCredential: { DeviceAccessKeyId: string } }>(action, device);
      return answer.DeviceCredential.DeviceAccessKeyId;
    };
    return (await keyId("GetDeviceCredential")) === (await keyId("RefreshDeviceCredential"));
  },
  refreshMissing: (world) => code(world, "RefreshDeviceCredential", { ...own, ClientId: otherClientId }),
  unregisterMissing: (world) => code(world, "UnRegisterDeviceCredential", { ...own, ClientId: otherClientId }),
  registerInUnknownGroup: (world) => code(world, "RegisterDeviceCredential", { ...own, ClientId: "GID_none@@@1" }),
  listUnknownGroup: (world) =>
    code(world, "ListDeviceCredentialClientId", { ...own, GroupId: "GID_none", PageSize: "10" }),
  sessionOfUnknownGroup: (world) => code(world, "QuerySessionByClientId", { ...own, ClientId: "GID_none@@@1" }),
  deleteGroupWithCredentials: async (world) => {
    const deleted = await code(world, "DeleteGroupId", group);
    await code(world, "CreateGroupId", group);
    return { deleted, credential: await code(world, "GetDeviceCredential", device) };
  },
  deleteMissingGroup: (world) => code(world, "DeleteGroupId", { ...own, GroupId: "GID_none" }),
  pagingPrecedence: async ({ client }) => {
    for (const name of ["2", "3"]) {
      await client.call("RegisterDeviceCredential", { ...own, ClientId: `GID_sensors@@@line-${name}` });
    }
    const page = async (parameters: Parameters) => {
      const answer = await client.call<{
        DeviceCredentialClientIdList: { ClientIdList: string[]; NextToken: string };
      }>("ListDeviceCredentialClientId", { ...group, PageSize: "1", ...parameters });
      return answer.DeviceCredentialClientIdList;
    };
    const { NextToken } = await page({ PageNo: "1" });
    return (await page({ PageNo: "3", NextToken })).ClientIdList;
  },
  lastPageToken: async ({ client }) => {
    const { DeviceCredentialClientIdList: page } = await client.call<{ DeviceCredentialClientIdList: object }>(
      "ListDeviceCredentialClientId",
      { ...group, PageSize: "10" },
    );
    return "NextToken" in page;
  },

  deleteActiveCertificate: (world) => code(world, "DeleteCaCertificate", { ...mqtt, Sn: world.pki.ca.serialNumber }),
  registerCode: async ({ client }) => {
    const next = async () => (await client.call<{ RegisterCode: string }>("GetRegisterCode", mqtt)).RegisterCode;
    const first = await next();
    return (await next()) === first;
  },
  caInSeveralInstances: async (world) => {
    const second = { MqttInstanceId: "i-standard" };
    const { RegisterCode } = await world.client.call<{ RegisterCode: string }>("GetRegisterCode", second);
    return code(world, "RegisterCaCertificate", {
      ...second,
      CaName: "plant",
      CaContent: world.pki.ca.pem,
      VerificationContent: await world.pki.ca.verification(RegisterCode),
    });
  },
  expiredCa: (world) => {
    world.emulator.setClock("2041-01-01T00:00:00Z");
    const { newCa, verification } = world.pki;
    return code(world, "RegisterCaCertificate", {
      ...mqtt,
      CaName: "new",
      CaContent: newCa.pem,
      VerificationContent: verification,
    });
  },
  weakCertificates: async ({ emulator, pki }) => {
    const { pem: certificate } = await pki.ca.device({ commonName: "old", hash: "SHA-1" });
    return emulator.tlsConnection({ instanceId: "i-own", certificate }).accepted;
  },
  listUnknownCa: (world) =>
    code(world, "ListDeviceCertificateByCaSn", { ...mqtt, CaSn: "00", PageNo: "1", PageSize: "10" }),
  certificateTotal: async ({ client, emulator, pki }) => {
    const { pem: certificate } = await pki.ca.device({ commonName: "line-2" });
    emulator.tlsConnection({ instanceId: "i-own", certificate });
    const parameters = { ...mqtt, PageNo: "1", PageSize: "10" };
    return (await client.call<{ Data: { Total: number } }>("ListDeviceCertificate", parameters)).Data.Total;
  },
  pemLineBreaks: async ({ client, pki }) => {
    const parameters = { ...mqtt, Sn: pki.ca.serialNumber };
    const { Data } = await client.call<{ Data: { CaContent: string } }>("GetCaCertificate", parameters);
    return Data.CaContent.includes("\n");
  },

  tokenOfUnknownTopic: (world) => applyToken(world, "nowhere"),
  unsortedTokenTopics: (world) => applyToken(world, "demo/b,demo/a"),
  tokenKind: async (world) => {
    const { Token } = await world.client.call<{ Token: string }>("ApplyToken", tokenFor(world, "demo"));
    return logIn(world, { clientId: otherClientId, username: "Token|own|i-own", password: `R|${Token}` });
  },
  revokeUnknownToken: (world) => code(world, "RevokeToken", { ...own, Token: "nothing" }),
  sendToUnknownTopic: (world) => code(world, "SendMessage", { ...own, MqttTopic: "nowhere/x", Payload: "hello" }),
  sentPayload: async ({ client, devices, emulator }) => {
    const receiver = await devices.connect(emulator.mqtt, signatureLogin());
    await receiver.subscribeAsync("demo/x");
    const message = nextMessage(receiver);
    await client.call("SendMessage", { ...own, MqttTopic: "demo/x", Payload: "aGVsbG8=" });
    return (await message).payload;
  },
  traceTime: async (world) => {
    world.emulator.setClock("2026-01-01T00:30:00Z");
    await logIn(world, signatureLogin());
    const { DeviceInfoList } = await world.client.call<{ DeviceInfoList: { Time: string }[] }>("QueryMqttTraceDevice", {
      ...{ ...own, MqttRegionId: "cn-hangzhou", ClientId: otherClientId, CurrentPage: "1", PageSize: "10" },
      BeginTime: String(Date.parse("2026-01-01T00:00:00Z")),
      EndTime: String(Date.parse("2026-01-01T01:00:00Z")),
    });
    return DeviceInfoList.map(({ Time }) => Time.slice(0, "2026-01-01 00".length));
  },

  unsupportedEdition: (world) => code(world, "QueryCustomAuthIdentity", { InstanceId: "i-standard", Size: "10" }),
  addExistingCustomAuth: (world) => code(world, "AddCustomAuthIdentity", identity),
  updateMissingCustomAuth: (world) => code(world, "UpdateCustomAuthIdentity", { ...identity, Username: "nobody" }),
  deleteMissingCustomAuth: (world) =>
    code(world, "DeleteCustomAuthIdentity", { ...own, IdentityType: "USER", Username: "nobody" }),
  blacklistEffect: async ({ client }) => {
    const query = { ...own, Size: "10" };
    type Answer = { Data: { Results: { Effect: string }[] } };
    return (await client.call<Answer>("QueryCustomAuthConnectBlack", query)).Data.Results[0]?.Effect;
  },
  customAuthWithoutRule: async ({ devices, emulator }) => {
    const login = { clientId: otherClientId, username: "gateway", password: signed("secret", otherClientId) };
    return outcome(await devices.connect(emulator.mqtt, login), (client) => client.subscribeAsync("demo/x"));
  },

  downgradedConnections: async (world) => {
    const client = await world.devices.connect(world.emulator.mqtt, signatureLogin());
    return outcome(client, async () => {
      await world.client.call("DisasterDowngrade", { ...own, DowngradeInstanceId: "i-own" });
      await client.publishAsync("demo/x", "still here", { qos: 1 });
    });
  },

  secondConnection: async (world) => [await logIn(world, signatureLogin()), await logIn(world, signatureLogin())],
  clientOfUnknownGroup: (world) => logIn(world, signatureLogin("GID_none@@@1")),
  certificateLogin: async (world) => {
    const { emulator, pki } = world;
    const certificate = { ca: emulator.ca, cert: pki.device.pem, key: await privateKeyPem(pki.device.keys) };
    const login = { ...certificate, clientId: otherClientId };
    const wrong = { username: "Signature|own|i-own", password: "wrong" };
    return [await logIn(world, login, emulator.mqtts), await logIn(world, { ...login, ...wrong }, emulator.mqtts)];
  },
  unknownTopic: async ({ devices, emulator }) =>
    outcome(await devices.connect(emulator.mqtt, signatureLogin()), (client) =>
      client.publishAsync("nowhere/x", "hello", { qos: 1 }),
    ),
  topicRefusal: async ({ devices, emulator }) =>
    outcome(await devices.connect(emulator.mqtt, signatureLogin()), (client) => client.subscribeAsync("nowhere/x")),
  p2pSender: async (world) => {
    const outcomes: string[] = [];
    for (const topic of ["demo", "demo/x"]) {
      const { client } = await tokenHolder(world, topic);
      outcomes.push(await outcome(client, () => client.publishAsync("demo/p2p/anybody", "hello", { qos: 1 })));
    }
    return outcomes;
  },
  tokenOnConnection: async (world) => {
    const { client, token: Token } = await tokenHolder(world, "demo");
    return outcome(client, async () => {
      await world.client.call("RevokeToken", { ...own, Token });
      await client.unsubscribeAsync("demo");
    });
  },
  deliveryRights: async ({ client, devices, emulator }) => {
    const permit = (Topic: string, Effect: string) =>
      client.call("AddCustomAuthPermission", {
        ...{ ...own, IdentityType: "USER", Identity: "gateway", Topic, PermitAction: "SUB", Effect },
      });
    await permit("demo/+", "ALLOW");
    const login = { clientId: otherClientId, username: "gateway", password: signed("secret", otherClientId) };
    const receiver = await devices.connect(emulator.mqtt, login);
    await receiver.subscribeAsync(["demo/x", "demo/y"]);
    await permit("demo/x", "DENY");
    const message = nextMessage(receiver);
    const sender = await devices.connect(emulator.mqtt, signatureLogin("GID_sensors@@@line-3"));
    for (const topic of ["demo/x", "demo/y"]) await sender.publishAsync(topic, "hello", { qos: 1 });
    return (await message).topic;
  },
  retainedMessages: async ({ devices, emulator }) => {
    const client = await devices.connect(emulator.mqtt, signatureLogin());
    const published = await outcome(client, () => client.publishAsync("demo/x", "first", { qos: 1, retain: true }));
    if (published === "cut") return published;
    const message = nextMessage(client);
    await client.subscribeAsync("demo/x");
    await client.publishAsync("demo/x", "second", { qos: 1 });
    return (await message).payload;
  },
  wills: async ({ devices, emulator }) => {
    const listener = await devices.connect(emulator.mqtt, signatureLogin());
    await listener.subscribeAsync("demo/#");
    const message = nextMessage(listener);
    const will = { topic: "demo/will", payload: Buffer.from("gone"), qos: 1 as const, retain: false };
    const leaver = await devices.connect(emulator.mqtt, { ...signatureLogin("GID_sensors@@@line-3"), will });
    await leaver.endAsync(true);
    await listener.publishAsync("demo/x", "hello", { qos: 1 });
    return (await message).topic;
  },
  editionOfConnection: async (world) => {
    await world.client.call("CreateGroupId", { InstanceId: "i-standard", GroupId: "GID_sensors" });
    return logIn(world, { ...signatureLogin(), username: "Signature|own|i-standard", protocolVersion: 5 });
  },
  customClientId: (world) => code(world, "AddCustomAuthConnectBlack", { ...own, ClientId: "sensor-1" }),
  unknownInstance: (world) => logIn(world, { ...signatureLogin(), username: "Signature|own|i-none" }),
  oversizedMessage: async ({ devices, emulator }) =>
    outcome(await devices.connect(emulator.mqtt, signatureLogin()), (client) =>
      client.publishAsync("demo/x", Buffer.alloc(64 * 1024 + 1), { qos: 1 }),
    ),
  topicAliasLimit: async (world) => {
    const { client } = await rawLogIn(world);
    client.publish({ properties: { topicAlias: 31 } });
    return (await client.next("disconnect")).reasonCode;
  },
  cleanStartSession: async (world) => {
    const { client } = await rawLogIn(world, { clean: true, properties: { sessionExpiryInterval: 600 } });
    await leave(client);
    const { client: again, connack } = await rawLogIn(world, { clean: false });
    again.destroy();
    return connack.sessionPresent;
  },
  waitingMessages: async (world) => {
    const kept = { protocolVersion: 4, clean: false } as const;
    const { client } = await rawLogIn(world, kept);
    await subscribe(client);
    await leave(client);
    const { client: sender } = await rawLogIn(world, {}, "GID_sensors@@@line-3");
    for (let index = 0; index < 1001; index++) sender.publish({ qos: 1, messageId: index + 1 });
    await sender.settled();
    sender.destroy();
    const { client: again } = await rawLogIn(world, kept);
    let count = 0;
    for (let packets = await again.settled(); packets.length > 0; packets = await again.settled()) {
      for (const { messageId = 0 } of packets) again.send({ cmd: "puback", messageId });
      count += packets.length;
    }
    again.destroy();
    return count;
  },
  keptMebibytes: async (world) => {
    const kept = { protocolVersion: 4, clean: false } as const;
    for (const id of ["GID_sensors@@@line-4", "GID_sensors@@@line-5"]) {
      const { client } = await rawLogIn(world, kept, id);
      await subscribe(client);
      await leave(client);
    }
    const { client: sender } = await rawLogIn(world, {}, "GID_sensors@@@line-3");
    for (let index = 1; index <= 180; index++) {
      sender.publish({ qos: 1, messageId: index, payload: Buffer.alloc(51 * 1024) });
    }
    await sender.settled();
    sender.destroy();
    const { client } = await rawLogIn(world, kept, "GID_sensors@@@line-5");
    const topics: string[] = [];
    for (let packets = await client.settled(); packets.length > 0; packets = await client.settled()) {
      topics.push(...packets.flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : [])));
    }
    client.destroy();
    return topics.length;
  },
  keptSessions: async (world) => {
    const kept = { protocolVersion: 4, clean: false } as const;
    const comeAndGo = async (index: number) => {
      const { client, connack } = await rawLogIn(world, kept, `GID_sensors@@@kept-${index}`);
      await leave(client);
      return connack.sessionPresent;
    };
    for (let index = 0; index <= 1000; index++) await comeAndGo(index);
    return comeAndGo(0);
  },
  stalledClient: async (world) => {
    const { emulator } = world;
    const { client } = await rawLogIn(world);
    await subscribe(client);
    client.stopReading();
    const { client: sender } = await rawLogIn(world, {}, "GID_sensors@@@line-3");
    const flood = async (count: number) => {
      for (let index = 0; index < count; index++) sender.publish({ payload: Buffer.alloc(60_000) });
      await sender.settled();
    };
    await flood(400);
    emulator.setClock(new Date(Date.parse(emulator.clock()) + 10_000).toISOString());
    await flood(1);
    const { connections } = emulator.health().counts;
    client.destroy();
    sender.destroy();
    return connections;
  },
};

/** A client that says what it is told to, and its CONNACK. */
async function rawLogIn({ emulator }: World, options: Partial<IConnectPacket> = {}, id = otherClientId) {
  const client = await RawClient.open(emulator.mqtt, options.protocolVersion ?? 5);
  const { username = "", password } = signatureLogin(id);
  client.send(connectPacket(id, { username, password: Buffer.from(String(password)), ...options }));
  return { client, connack: await client.next("connack") };
}

async function leave(client: RawClient): Promise<void> {
  client.send({ cmd: "disconnect", reasonCode: 0 });
  await client.closed();
}

async function subscribe(client: RawClient): Promise<void> {
  client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "demo/#", qos: 1 }] });
  await client.next("suback");
}

/** A client with a token for some topics. */
async function tokenHolder(world: World, topics: string): Promise<{ client: MqttClient; token: string }> {
  const { Token: token } = await world.client.call<{ Token: string }>("ApplyToken", tokenFor(world, topics));
  const login = { clientId: otherClientId, username: "Token|own|i-own", password: `RW|${token}` };
  return { client: await world.devices.connect(world.emulator.mqtt, login), token };
}

function tokenFor({ emulator }: World, Resources: string): Parameters {
  return { ...own, Actions: "R,W", Resources, ExpireTime: String(Date.parse(emulator.clock()) + 3_600_000) };
}

function applyToken(world: World, Resources: string): Promise<string> {
  return code(world, "ApplyToken", tokenFor(world, Resources));
}

/** Undefined for a switch that nothing here asks. */
export function wayOf(id: AssumptionId): Way | undefined {
  return Object.entries(ways).find(([name]) => name === id)?.[1];
}
