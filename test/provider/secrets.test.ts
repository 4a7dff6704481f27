import { expect } from "chai";
import {
  clientId,
  describeService,
  device,
  type Failure,
  failureOf,
  groupId,
  instanceId,
  type Operation,
} from "./world";

const marker = "marker-of-a-secret";
const id = `${instanceId}/${encodeURIComponent(clientId("a"))}`;

const seed = {
  instance: {
    groups: [{ groupId }],
    credentials: [{ clientId: clientId("a"), deviceAccessKeySecret: marker, createTime: 0, updateTime: 0 }],
  },
};

const state = device("a", {
  deviceAccessKeyId: "DC.key",
  deviceAccessKeySecret: marker,
  mqttPassword: marker,
  createTime: "1970-01-01T00:00:00.000Z",
  updateTime: "1970-01-01T00:00:00.000Z",
});

/** Every verb in a way that meets the service. */
const verbs: Readonly<Record<string, (operation: Operation) => Promise<unknown>>> = {
  "create that fails on what is there": ({ credentials }) => credentials.create(device("a")),
  "create that adopts": ({ credentials }) => credentials.create(device("a", { ifExists: "adopt" })),
  "create that rotates": ({ credentials }) => credentials.create(device("a", { ifExists: "rotate" })),
  "create of a new one": ({ credentials }) => credentials.create(device("b")),
  read: ({ credentials }) => credentials.read(id, state),
  "read by id": ({ credentials }) => credentials.read(id, {}),
  update: ({ credentials }) => credentials.update(id, state, device("a", { rotationTriggers: { by: "hand" } })),
  delete: ({ credentials }) => credentials.delete(id, state),
};

/** All of a failure that anybody prints: the state it carries is encrypted. */
function printed({ message, stack, reasons, cause }: Failure): string {
  return JSON.stringify([message, stack, reasons, String(cause)]);
}

describeService("Secrets of devices", (newWorld) => {
  for (const [verb, does] of Object.entries(verbs)) {
    for (const fault of [
      { code: "InternalError" },
      { code: "PermissionCheckFailed" },
      { effect: "before" },
      { effect: "after" },
    ] as const) {
      it(`are in no error of ${verb} when every call ends in ${Object.values(fault)}`, async () => {
        const world = await newWorld(seed);
        const operation = world.operation();
        world.emulator.faults.add({ action: "*", times: null, ...fault });
        const error = await failureOf(does(operation));
        expect(printed(error) + operation.infos + operation.progress).not.to.contain(marker);
      });
    }
  }

  it("are in no error that names what exists", async () => {
    const world = await newWorld(seed);
    expect(printed(await failureOf(world.operation().credentials.create(device("a"))))).not.to.contain(marker);
  });

  it("are in no id", async () => {
    const world = await newWorld(seed);
    const result = await world.operation().credentials.create(device("a", { ifExists: "adopt" }));
    expect(result.id).not.to.contain(marker);
  });

  it("cannot be read off the fingerprint", async () => {
    const world = await newWorld(seed);
    const { outs } = await world.operation().credentials.create(device("a", { ifExists: "adopt" }));
    expect(outs?.secretFingerprint).to.match(/^[0-9a-f]{12}$/);
  });

  it("are in state under two names only", async () => {
    const world = await newWorld(seed);
    const { outs } = await world.operation().credentials.create(device("a", { ifExists: "adopt" }));
    const { deviceAccessKeySecret, mqttPassword, ...others } = outs ?? {};
    expect(deviceAccessKeySecret).to.equal(marker);
    expect(JSON.stringify(others)).not.to.contain(marker).and.not.to.contain(mqttPassword);
  });
});
