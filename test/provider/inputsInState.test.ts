import { DeleteRequest, DiffRequest } from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { inputsInState, listenForRequests } from "../../provider/inputsInState";
import { clientId, describeService, device, type Props } from "./world";

/** A request of the engine's, for a resource whose state has these inputs. */
function asked<Request extends DiffRequest | DeleteRequest>(request: Request, id: string, inputs: Props): Request {
  request.setId(id);
  request.setOldInputs(Struct.fromJavaScript(inputs as Parameters<typeof Struct.fromJavaScript>[0]));
  return request;
}

describeService("The inputs that state holds", (newWorld) => {
  before(listenForRequests);

  for (const Request of [DiffRequest, DeleteRequest]) {
    it(`are those of the ${Request.name} whose id was asked for last, and of no other`, () => {
      const [first, second] = ["first", "second"].map((id) => asked(new Request(), id, { of: id }));
      first?.getId();
      second?.getId();
      expect(inputsInState("second")).to.deep.equal({ of: "second" });
      expect(inputsInState("second")).to.equal(undefined);
      second?.getId();
      expect(inputsInState("first")).to.equal(undefined);
    });
  }

  it("say what a delete does where the outputs lag behind", async () => {
    const world = await newWorld({ instance: { onlineClientIds: [clientId("a"), clientId("b")] } });
    const { credentials } = world.operation();
    for (const [name, before, after] of [
      ["a", {}, { closeConnection: true }],
      ["b", { closeConnection: true }, {}],
    ] as const) {
      const { id, outs } = await credentials.create(device(name, before));
      await world
        .operation()
        .credentials.delete(asked(new DeleteRequest(), id, device(name, after)).getId(), { ...outs });
    }
    expect(world.instance.onlineClientIds).to.deep.equal([clientId("b")]);
  });

  it("are what diff compares inputs with that count at delete only, and what it tells changes of", async () => {
    const { credentials, infos } = (await newWorld()).operation();
    const { id, outs } = await credentials.create(device("a"));
    const closing = device("a", { closeConnection: true });
    const diff = (inputs: Props, news: Props) =>
      credentials.diff(asked(new DiffRequest(), id, inputs).getId(), { ...outs }, news);
    expect(await diff(device("a"), closing)).to.include({ changes: false });
    expect(infos).to.deep.equal([
      "post-cn-world/GID_line%40%40%40a: closeConnection changes from its default to true, which counts when it is deleted.",
    ]);
    expect(await diff(closing, closing)).to.include({ changes: false });
    expect(infos).to.have.lengthOf(1);
    const more = device("a", { closeConnection: true, rotationTriggers: { quarter: "1" } });
    expect(await diff(closing, more)).not.to.have.property("changes");
  });
});
