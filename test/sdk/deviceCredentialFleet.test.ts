import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { registrations } from "./program";

const list = "must be a list of names, or a map from names to settings";
const name = "must be the name of a device, a string";
const lost = (device: string) => `is a name that Pulumi loses in a map: write the client id, <GroupId>@@@${device}`;

describe("The devices of a DeviceCredentialFleet", () => {
  const made = (devices: unknown) =>
    registrations(
      () => new mqtt.DeviceCredentialFleet("line", { groupId: "GID_line", devices: devices as readonly string[] }),
    );
  const registered = async (devices: unknown) => (await made(devices))[0]?.inputs.devices;

  for (const [what, devices] of [
    ["a list", ["a", "b"]],
    ["a list with outputs", ["a", pulumi.output("b")]],
    ["a map", { a: {}, b: {} }],
    ["a map without settings, as YAML has it", { a: null, b: null }],
    ["an output of such a map", pulumi.output({ a: null, b: {} })],
  ] as const) {
    it(`may be ${what}`, async () => {
      expect(await registered(devices)).to.deep.equal({ a: {}, b: {} });
    });
  }

  for (const [what, devices, ...faults] of [
    ["a list with nothing in places", ["a", null, undefined], `devices[1] ${name}`, `devices[2] ${name}`],
    ["a list with a hole", Array.from({ length: 1 }), `devices[0] ${name}`],
    ["a list of numbers and objects", [1, { deviceId: "a" }], `devices[0] ${name}`, `devices[1] ${name}`],
    ["a Set", new Set(["a"]), `devices ${list}`],
    ["a Map", new Map([["a", {}]]), `devices ${list}`],
    [
      "names that Pulumi cannot carry",
      ["toString", "constructor", "__proto__"],
      `devices[0] ${lost("toString")}`,
      `devices[2] ${lost("__proto__")}`,
    ],
    ["such a name of a map", JSON.parse('{"__proto__":{}}'), `devices["__proto__"] ${lost("__proto__")}`],
  ] as const) {
    it(`fail the program, lest they be lost on the way, when they are ${what}`, async () => {
      const error = await made(devices).then(
        () => expect.fail("it should have failed"),
        (reason: unknown) => reason,
      );
      expect(pulumi.RunError.isInstance(error)).to.equal(true);
      expect(String(error)).to.contain(`DeviceCredentialFleet "line": ${faults.join("; ")}.`);
    });
  }
});
