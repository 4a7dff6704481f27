import { expect } from "chai";
import { connectAsync } from "mqtt";
import { clientId, describeWorld, errors, groupId, instanceId, program, type World } from "./world";

const fleet = (devices: readonly string[] | object, inputs: object = {}, name = "sensors") => `
  exports[${JSON.stringify(name)}] = new mqtt.DeviceCredentialFleet(${JSON.stringify(name)}, ${JSON.stringify({ groupId, devices, ...inputs })}).logins;`;
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `line-${from + index}`);
const registered = ({ clientIds }: World) => clientIds.map((id) => id.slice(`${groupId}@@@`.length));
const secretsOf = ({ instance }: World) =>
  (instance.credentials ?? []).flatMap(({ deviceAccessKeySecret }) => deviceAccessKeySecret ?? []);

describeWorld("A DeviceCredentialFleet", (newWorld) => {
  let world: World;
  /** All secrets that its devices ever had. */
  const secrets = new Set<string>();
  const declare = (...args: Parameters<typeof fleet>) => world.stack.program(program(fleet(...args)));
  const up = async () => {
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    for (const secret of secretsOf(world)) secrets.add(secret);
    return output;
  };
  const refused = async (command: "preview" | "destroy") => {
    let all: string[] = [];
    const calls = await world.callsDuring(async () => {
      const result = await world.stack[command]();
      expect(result.code).not.to.equal(0);
      all = errors(result);
    });
    expect(calls.filter((call) => /^(Un)?Re/.test(call))).to.deep.equal([]);
    return all;
  };

  before(async () => {
    world = await newWorld({
      instance: { credentials: [{ clientId: clientId("line-1"), deviceAccessKeySecret: "planted-marker/line+1" }] },
      program: program(fleet([...lines(1, 6), "line-9"], { ifExists: "adopt" })),
    });
  });

  it("gives logins that the broker takes, and keeps them secret", async () => {
    await up();
    expect(registered(world)).to.have.members([...lines(1, 6), "line-9"]);
    const { sensors } = await world.stack.outputs({ showSecrets: true });
    const logins = sensors as Record<string, { clientId: string; username: string; password: string }>;
    expect(Object.keys(logins)).to.have.members([...lines(1, 6), "line-9"]);
    for (const login of Object.values(logins)) {
      const device = await connectAsync(world.emulator.mqtt, { ...login, reconnectPeriod: 0 });
      await device.endAsync();
    }
  });

  it("shows in a preview which devices come and go, and no others", async () => {
    await declare(lines(1, 7), { ifExists: "adopt" });
    const { code, stdout } = await world.stack.preview("--diff");
    expect(code, stdout).to.equal(0);
    console.log(stdout);
    await up();
    expect(registered(world)).to.have.members(lines(1, 7));
  });

  it("cannot be declared beside another one that has one of its devices, nor beside the device", async () => {
    const other = fleet(["line-7", "line-8"], { fleetName: "others" }, "others");
    const single = `new mqtt.DeviceCredential("single", { clientId: ${JSON.stringify(clientId("line-7"))} });`;
    for (const second of [other, single]) {
      await world.stack.program(program(fleet(lines(1, 7)) + second));
      console.log(await refused("preview"));
    }
  });

  it("is not to lose more devices than it says, neither by an update nor by a destroy", async () => {
    await declare(lines(1, 5));
    console.log(await refused("preview"));
    console.log(await refused("destroy"));
    expect(registered(world)).to.have.members(lines(1, 7));
  });

  it("rotates in waves, each announced", async () => {
    await declare(lines(1, 7), { rotationTriggers: { quarter: "1" }, rotation: { wave: 4, canary: 1 } });
    for (const n of [1, 2, 3]) {
      console.log((await world.stack.preview("--diff")).output);
      console.log(n, await world.callsDuring(up));
    }
    console.log((await world.stack.preview("--expect-no-changes")).output);
  });

  it("does what can be done, names the devices that failed, and goes on with them", async () => {
    const action = "RegisterDeviceCredential";
    const rule = { action, code: "PermissionCheckFailed", times: null } as const;
    for (const name of ["line-11", "line-12"]) world.emulator.faults.add({ ...rule, object: clientId(name) });
    await declare(lines(1, 14));
    const result = await world.stack.up();
    expect(result.code).not.to.equal(0);
    console.log(errors(result), result.output);
    world.emulator.faults.clear();
    console.log(await world.callsDuring(up));
  });

  it("leaves nothing behind once it may go", async () => {
    await declare(lines(1, 14), { removal: { max: "100%" } });
    await up();
    expect((await world.stack.destroy()).code).to.equal(0);
    expect(world.clientIds).to.deep.equal([]);
    console.log(secrets.size, instanceId);
    expect([...secrets].filter((secret) => world.stack.transcript.includes(secret))).to.deep.equal([]);
  });
});
