import { DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { passNamesOn } from "../../provider/namedChanges";
import { describeService, device } from "./world";

const { DIFF_SOME } = DiffResponse.DiffChanges;

describeService("What changes where no input does", (newWorld) => {
  before(passNamesOn);

  /** What Pulumi's process makes of a rotation that is due. */
  async function answered(): Promise<DiffResponse> {
    const world = await newWorld();
    world.pass(0);
    const due = device("a", { rotateAfter: "1h" });
    const { id, outs } = await world.operation().credentials.create(due);
    world.pass(2 * 3_600_000);
    const { credentials } = world.operation();
    await credentials.check({ ...outs }, due);
    const { changes } = await credentials.diff(id, { ...outs }, due);
    expect(changes).to.equal(true);
    return new DiffResponse().setChanges(DIFF_SOME);
  }

  it("is named by the outputs, of which no value is shown", async () => {
    const answer = await answered();
    expect(answer.getHasdetaileddiff()).to.equal(true);
    const named = answer.getDetaileddiffMap();
    expect([...named.keys()])
      .to.include("secretFingerprint")
      .and.not.to.include("rotateAfter");
    expect(named.get("secretFingerprint")?.getInputdiff()).to.equal(true);
  });

  it("is named in the one answer that it is read for", async () => {
    await answered();
    const other = new DiffResponse();
    other.setChanges(DIFF_SOME);
    expect(other.getHasdetaileddiff()).to.equal(false);
  });
});
