import { expect } from "chai";
import { clientId, describeService, failureOf, groupId, instanceId, type Props, stub, type World } from "./world";

const inputs = (more: Props = {}): Props => ({ instanceId, groupId, ...more, __provider: stub });
const id = `${instanceId}/${groupId}`;
const none = { groups: [] };

const tagsIn = ({ instance }: World) => instance.groups?.[0]?.tags;

describeService("Group", (newWorld) => {
  it("is made by one call, with its tags", async () => {
    const world = await newWorld({ instance: none });
    const made = await world
      .operation()
      .of("group")
      .create(inputs({ tags: { line: "1" } }));
    expect(made.id).to.equal(id);
    expect(tagsIn(world)).to.deep.equal([{ key: "line", value: "1" }]);
    expect(world.calls).to.deep.equal({ CreateGroupId: 1 });
  });

  it("is not adopted with other tags than declared", async () => {
    const world = await newWorld();
    const error = await failureOf(
      world
        .operation()
        .of("group")
        .create(inputs({ ifExists: "adopt", tags: { line: "1" } })),
    );
    expect(error.message).to.contain("the group has other tags than declared");
    expect(error).not.to.have.property("id");
  });

  it("says so when the name is taken by another instance that shares its names", async () => {
    const world = await newWorld({ instance: none });
    const [own] = world.emulator.state().instances ?? [];
    const other = { instanceId: "post-cn-other", groups: [{ groupId }], independentNaming: false };
    world.emulator.setState({
      ...world.emulator.state(),
      instances: [{ ...own, instanceId, independentNaming: false }, other],
    });
    const error = await failureOf(
      world
        .operation()
        .of("group")
        .create(inputs({ ifExists: "adopt" })),
    );
    expect(error.message).to.contain("GroupIdAlreadyExsited").and.to.contain("another instance of the account");
  });

  it("shows tags as drift only when they are declared", async () => {
    const world = await newWorld({ instance: { groups: [{ groupId, tags: [{ key: "line", value: "2" }] }] } });
    const read = (state: Props) => world.operation().of("group").read(id, state);
    expect((await read(inputs())).inputs).to.equal(undefined);
    expect((await read(inputs({ tags: { line: "2" } }))).inputs).to.equal(undefined);
    expect((await read(inputs({ tags: { line: "1" } }))).inputs).to.deep.include({ tags: { line: "2" } });
  });

  it("fails to change tags, foretells it, and takes those that the console has set", async () => {
    const world = await newWorld();
    const operation = world.operation();
    const change = () =>
      world
        .operation()
        .of("group")
        .update(id, inputs(), inputs({ tags: { line: "1" } }));
    const news = inputs({ tags: { line: "1" } });
    await operation.of("group").check(inputs(), news);
    await operation.of("group").diff(id, inputs(), news);
    expect(operation.infos.join()).to.contain("no action that changes the tags of GID_line");
    expect((await failureOf(change())).message).to.contain("Set them in the console");
    world.change({ groups: [{ groupId, tags: [{ key: "line", value: "1" }] }] });
    expect((await change()).outs).to.deep.include({ tags: { line: "1" } });
  });

  it("that one listing lacks is looked for in a second before it is called gone", async () => {
    const world = await newWorld();
    let now = 0;
    Object.defineProperty(world, "now", { get: () => now++ });
    world.emulator.faults.add({ action: "ListGroupId", answer: { lists: "empty" } });
    expect((await world.operation().of("group").read(id, inputs())).id).to.equal(id);
    expect(world.calls).to.deep.equal({ ListGroupId: 2 });
  });

  for (const deleteMissingGroup of [
    "ResourcePermissionCheckFailed",
    "PermissionCheckFailed",
    "DeleteGroupIdError",
  ] as const) {
    it(`is deleted when it is gone already, which the service answers by ${deleteMissingGroup}`, async () => {
      const world = await newWorld({ instance: none, assumptions: { deleteMissingGroup } });
      await world.operation().of("group").delete(id, inputs());
    });
  }

  for (const deleteGroupWithCredentials of ["removesCredentials", "keepsCredentials", "refused"] as const) {
    it(`takes its credentials along, whatever the service makes of them: ${deleteGroupWithCredentials}`, async () => {
      const credentials = Array.from({ length: 120 }, (_, index) => ({ clientId: clientId(`d${index}`) }));
      const world = await newWorld({ instance: { credentials }, assumptions: { deleteGroupWithCredentials } });
      const operation = world.operation();
      const error = await failureOf(operation.of("group").delete(id, inputs()));
      expect(error.message)
        .to.contain("the group has 120 credentials still: GID_line@@@d0, ")
        .and.to.contain(", and 110 more");
      expect(world.instance.credentials).to.have.length(120);
      await operation.of("group").delete(id, inputs({ cascade: true }));
      expect([world.instance.groups, world.instance.credentials]).to.deep.equal([[], []]);
      expect(operation.progress).to.deep.equal([]);
    });
  }

  it("tells how many credentials are left when it takes long", async () => {
    const credentials = Array.from({ length: 30 }, (_, index) => ({ clientId: clientId(`d${index}`) }));
    const world = await newWorld({ instance: { credentials } });
    // A second for each request.
    Object.defineProperty(world, "now", { get: () => 1_000 * world.emulator.journal().length });
    const { of, progress } = world.operation();
    await of("group").delete(id, inputs({ cascade: true }));
    expect(progress[0]).to.match(/^GID_line: \d+ of 30 credentials are still to be deregistered$/);
    expect(progress).to.have.lengthOf.within(1, 3);
  });

  it("is not deleted while it has credentials that cannot be read", async () => {
    const world = await newWorld({ instance: { credentials: [{ clientId: clientId("a") }] } });
    const answer = { members: { DeviceCredentialClientIdList: { ClientIdList: [{}] } } };
    world.emulator.faults.add({ action: "ListDeviceCredentialClientId", answer });
    const remove = world
      .operation()
      .of("group")
      .delete(id, inputs({ cascade: true }));
    expect((await failureOf(remove)).message).to.contain("1 entries could not be read");
    expect([world.instance.groups, world.instance.credentials].map((one) => one?.length)).to.deep.equal([1, 1]);
  });

  it("keeps what is left when one of its credentials could not be deregistered", async () => {
    const credentials = ["a", "b", "c"].map((deviceId) => ({ clientId: clientId(deviceId) }));
    const world = await newWorld({ instance: { credentials } });
    world.emulator.faults.add({ action: "UnRegisterDeviceCredential", code: "ApiNotSupport", object: clientId("b") });
    const error = await failureOf(
      world
        .operation()
        .of("group")
        .delete(id, inputs({ cascade: true })),
    );
    expect(error.message).to.contain("UnRegisterDeviceCredential").and.to.contain("ApiNotSupport");
    expect(world.instance.groups).to.have.length(1);
  });

  it("that exists is an error by default, which says how to take it over", async () => {
    const world = await newWorld();
    const { message } = await failureOf(world.operation().of("group").create(inputs()));
    expect(message)
      .to.contain(`Create for group ${groupId} on instance ${instanceId}: it exists already`)
      .and.to.contain('ifExists to "adopt"');
  });

  it("that exists is adopted by a stack whose configuration says rotate, as it has nothing to rotate", async () => {
    const world = await newWorld();
    const operation = world.operation({ "apsaramq:ifExists": "rotate" });
    expect((await operation.of("group").create(inputs())).id).to.equal(id);
    expect(operation.infos.join()).to.contain(`${groupId} existed already: adopted.`);
  });

  it("reports every rule that its inputs break", async () => {
    const world = await newWorld();
    const given = { instanceId, groupId: "line", cascade: "yes", ifExists: "rotate", tags: { "": "x" } };
    const { failures = [] } = await world.operation().of("group").check({}, given);
    expect(failures).to.have.length(4);
    expect(failures.map(({ reason }) => reason).join("\n"))
      .to.contain("groupId must start with GID_ or GID-")
      .and.to.contain("cascade must be true or false")
      .and.to.contain('ifExists must be "fail" or "adopt"')
      .and.to.contain("tags must have no empty key");
  });
});
