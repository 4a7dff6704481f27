import { expect } from "chai";
import { mostInOneSecond } from "../mostInOneSecond";
import { fleet, numbered } from "./fleetStack";
import { describeService, instanceId, type World } from "./world";

const count = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));
const missing = (group: number, device: number) => `${instanceId}/GID_none-${group}%40%40%40d${device}`;

/** The times at which the service was asked, in milliseconds. */
function times({ emulator }: World, action?: string): number[] {
  return emulator.journal(action === undefined ? {} : { action }).map(({ time }) => Date.parse(time));
}

describeService("Operations on one machine", (newWorld) => {
  it("send no more than one of them may, together", async () => {
    const world = await newWorld();
    const operations = count(5, () => world.operation({ "apsaramq:maxRequestsPerSecond": "100" }));
    world.change({ groups: count(60, (index) => ({ groupId: `GID_none-${index}` })) });
    await Promise.all(
      operations.flatMap(({ credentials }) =>
        count(60, (index) => credentials.read(missing(index, 1), { instanceId })),
      ),
    );
    expect(times(world)).to.have.length.at.least(300);
    expect(mostInOneSecond(times(world))).to.be.at.most(110);
  });

  it("send nothing by turns of long before when what they know of a group is out of date", async () => {
    const world = await newWorld();
    const { of } = world.operation({ "apsaramq:maxRequestsPerSecond": "50" });
    let registrations = 0;
    world.emulator.watchJournal(({ action }) => {
      if (action === "RegisterDeviceCredential" && ++registrations === 10) world.now += 10_000;
    });
    await of("deviceCredentialFleet").create(fleet(numbered(70)));
    expect(world.calls).to.include({ RegisterDeviceCredential: 70 });
    expect(world.calls.GetDeviceCredential).to.be.at.least(30);
    expect(mostInOneSecond(times(world))).to.be.at.most(55);
  });

  it("ask for groups no more often than the service takes from one account", async () => {
    const world = await newWorld({ quotas: true });
    const operations = count(30, () => world.operation({ "apsaramq:maxRequestsPerSecond": "300" }));
    await Promise.all(operations.map(({ credentials }) => credentials.read(missing(1, 1), { instanceId })));
    expect(times(world, "ListGroupId")).to.have.length(30);
    expect(mostInOneSecond(times(world, "ListGroupId"))).to.be.within(8, 9);
    expect(world.emulator.journal().filter(({ code }) => code === "SystemOverFlow")).to.deep.equal([]);
  });

  it("wait, all of them, while the service refuses the machine's address, and say so once each", async () => {
    const world = await newWorld();
    const operations = count(3, () => world.operation({ "apsaramq:maxRequestsPerSecond": "100" }));
    world.emulator.faults.add({ action: "*", code: "Throttling", times: 12 });
    await Promise.all(
      operations.flatMap(({ credentials }) =>
        count(10, (index) => credentials.read(missing(1, index), { instanceId })),
      ),
    );
    for (const { infos } of operations) {
      expect(infos).to.have.length(1);
      expect(infos[0]).to.match(/^The service has blocked this machine's address, .* until \d{4}-.*Z$/);
    }
    const refused = world.emulator.journal().filter(({ code }) => code === "Throttling");
    const looks = refused.map(({ time }) => Date.parse(time));
    expect(looks).to.have.length(12);
    expect(mostInOneSecond(looks)).to.be.at.most(5);
    const pauses = looks.slice(1).map((time, index) => time - (looks[index] ?? 0));
    expect(pauses.filter((pause) => pause > 1_000 && pause < 10_000)).to.deep.equal([]);
  });
});
