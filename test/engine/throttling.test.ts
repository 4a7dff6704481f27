import { expect } from "chai";
import { Arrivals } from "../arrivals";
import { mostInOneSecond } from "../mostInOneSecond";
import { clientId, describeWorld, program } from "./world";

const devices = (count: number) => Array.from({ length: count }, (_, index) => clientId(`line-${index}`));

const credentials = (clientIds: readonly string[]) =>
  program(`for (const clientId of ${JSON.stringify(clientIds)}) new mqtt.DeviceCredential(clientId, { clientId });`);

describeWorld("Under load", (newWorld) => {
  it("every device is registered once although the service throttles every third request", async () => {
    let requests = 0;
    const { emulator, stack } = await newWorld({
      program: credentials(devices(60)),
      emulator: { random: () => (requests++ % 3) / 3 },
    });
    emulator.faults.add({ action: "RegisterDeviceCredential", code: "SystemOverFlow", times: null, probability: 0.2 });
    expect((await stack.up()).code).to.equal(0);
    const registrations = emulator.journal({ action: "RegisterDeviceCredential" });
    expect(registrations.filter(({ code }) => code === "SystemOverFlow")).to.have.length.above(20);
    expect(registrations.filter(({ status }) => status === 200)).to.have.length(60);
  });

  it("no second sees more than 110 requests by default, and many more without a limit", async () => {
    const clientIds = devices(150);
    const world = await newWorld({
      program: credentials(clientIds),
      emulator: { quotas: false },
      env: { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" },
    });
    const arrivals = new Arrivals();
    expect((await world.stack.up("--parallel", "64")).code).to.equal(0);
    expect(arrivals.mostInOneSecond(world.emulator.journal())).to.be.at.most(110);

    // What a listing lacks is confirmed one by one.
    world.deregister(...clientIds);
    const since = new Date().toISOString();
    await world.stack.refresh("--preview-only", "--parallel", "64");
    expect(world.emulator.journal({ since, action: "GetDeviceCredential" })).to.have.length(150);
    expect(arrivals.mostInOneSecond(world.emulator.journal())).to.be.at.most(110);

    await world.stack.config({ "apsaramq:maxRequestsPerSecond": "0" });
    await world.stack.refresh("--preview-only", "--parallel", "64", "--run-program");
    expect(mostInOneSecond(world.emulator.journal().map(({ time }) => Date.parse(time)))).to.be.above(130);
  });
});
