import { expect } from "chai";
import { clientId, describeService, device, failureOf, instanceId } from "./world";

const id = `${instanceId}/${encodeURIComponent(clientId("a"))}`;

describeService("Run", (newWorld) => {
  it("fails every verb while the configuration is at fault, naming all faults and how to go on", async () => {
    const world = await newWorld();
    const { credentials } = world.operation({ "apsaramq:ifExists": "no", "apsaramq:requestTimeout": "soon" });
    const cause =
      'Configuration for this stack: apsaramq:ifExists must be fail, adopt, rotate; got "no"; ' +
      'apsaramq:requestTimeout must be a whole number with a unit ms, s, m, h or d, such as "90s" or "10m"; got "soon".\n';
    const advice =
      "Refresh and destroy see the configuration of the last update; after a correction add --run-program to them";
    const pointer = "What to do: see an error about this stack";
    const failures = await Promise.all(
      [
        credentials.create(device("a")),
        credentials.read(id, {}),
        credentials.update(id, {}, device("a")),
        credentials.delete(id, {}),
      ].map(failureOf),
    );
    expect(failures.map(({ message }) => message)).to.have.members([
      cause + advice,
      ...[1, 2, 3].map(() => cause + pointer),
    ]);
  });

  it("never fails to be configured", async () => {
    const world = await newWorld();
    await world.operation().credentials.configure({ config: { get: () => "?" } });
  });

  it("is configured by the engine for all kinds at once", async () => {
    const world = await newWorld();
    const { credentials, certificates } = world.operation();
    const config: Readonly<Record<string, string>> = {
      "apsaramq:region": "cn-one",
      "apsaramq:instanceId": "post-cn-2",
    };
    await credentials.configure({ config: { get: (key) => config[key] } });
    const { inputs } = await certificates.check({}, { caSn: "1", deviceSn: "2" });
    expect(inputs).to.have.property("instanceId", "post-cn-2");
  });

  it("takes numbers from the engine as it takes texts", async () => {
    const world = await newWorld();
    const { credentials } = world.operation();
    const config: Readonly<Record<string, string | number>> = {
      "apsaramq:region": "cn-one",
      "apsaramq:maxRequestsPerSecond": 301,
    };
    await credentials.configure({ config: { get: (key) => config[key] } });
    expect((await credentials.check({}, device("a"))).failures).to.deep.equal([
      {
        property: "",
        reason:
          'apsaramq:maxRequestsPerSecond must be a whole number from 1 to 300 (0, no limit, on loopback only); got "301"',
      },
    ]);
  });

  it("shares one limiter among all kinds", async () => {
    const world = await newWorld();
    const { credentials, certificates } = world.operation({ "apsaramq:maxRequestsPerSecond": "10" });
    await Promise.all([
      ...Array.from({ length: 3 }, (_, index) =>
        credentials.read(`${instanceId}/GID_line%40%40%40d${index}`, { instanceId }),
      ),
      ...Array.from({ length: 3 }, (_, index) => certificates.read(`${instanceId}/ca/d${index}`, { instanceId })),
    ]);
    const times = world.emulator.journal().map(({ time }) => Date.parse(time));
    expect(times).to.have.length(8);
    // Seven intervals of 100 ms; with a limiter for each kind it would be three.
    expect(Math.max(...times) - Math.min(...times)).to.be.above(500);
  });

  it("gives errors without a stack, which the engine's process would print, and with the cause in the first of two lines", async () => {
    const world = await newWorld({ instance: { groups: [] } });
    world.emulator.faults.add({ action: "UnRegisterDeviceCredential", code: "ApiNotSupport" });
    const { credentials } = world.operation();
    const verbs = [
      credentials.create(device("a")),
      credentials.read("not/an/id", {}),
      credentials.delete(id, {}),
      credentials.delete("not/an/id", {}),
    ];
    for (const error of await Promise.all(verbs.map(failureOf))) {
      expect(error).to.include({ stack: "" });
      expect(error.message).to.match(/^\w+ for [^\n]*: [^\n]*\.\n[^\n]+$/);
    }
  });
});
