import { expect } from "chai";
import { EmulatorFixture, type Parameters } from "./harness";
import { refusals } from "./refusals";

const seed = {
  accessKeys: [{ accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" }],
  instances: [
    { instanceId: "i-1" },
    { instanceId: "i-2" },
    { instanceId: "i-3" },
    { instanceId: "i-other", accountId: "2" },
  ],
};

interface Listing {
  readonly NextToken: string;
  readonly TagResources: readonly { readonly ResourceId: string; readonly TagKey: string; readonly TagValue: string }[];
}

describe("tags of instances", () => {
  const fixture = new EmulatorFixture({ seed });
  const resources = (...ids: string[]): Parameters => ({
    ResourceType: "instance",
    ...Object.fromEntries(ids.map((id, index) => [`ResourceId.${index + 1}`, id])),
  });
  const tags = (given: Parameters): Parameters =>
    Object.fromEntries(
      Object.entries(given).flatMap(([key, value], index) => [
        [`Tag.${index + 1}.Key`, key],
        [`Tag.${index + 1}.Value`, value],
      ]),
    );
  const numbered = (count: number, from = 0) =>
    tags(Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${from + index}`, "x"])));
  const tag = (ids: string[], given: Parameters) =>
    fixture.client.call("TagResources", { ...resources(...ids), ...tags(given) });
  const list = (parameters: Parameters) => fixture.client.call<Listing>("ListTagResources", parameters);
  const rows = async (parameters: Parameters) =>
    (await list(parameters)).TagResources.map(
      ({ ResourceId, TagKey, TagValue }) => `${ResourceId} ${TagKey}=${TagValue}`,
    );

  it("are added, replaced, listed by resource and by tag, and seen by ListInstances", async () => {
    expect(await tag(["i-1", "i-2"], { site: "north", line: "1" })).to.include({ Code: "200", Data: true });
    await tag(["i-2"], { site: "south" });
    expect(await rows(resources("i-1"))).to.deep.equal(["i-1 line=1", "i-1 site=north"]);
    const instance = { ResourceType: "instance" };
    expect(await rows({ ...instance, ...tags({ site: "south" }) })).to.deep.equal(["i-2 site=south"]);
    expect(await rows({ ...instance, "Tag.1.Key": "site" })).to.deep.equal(["i-1 site=north", "i-2 site=south"]);
    expect(await rows({ ...instance, ...tags({ site: "south", line: "2" }) })).to.deep.equal([]);
    const { Instances } = await fixture.client.call<{ Instances: object[] }>("ListInstances", {
      Tags: JSON.stringify([{ key: "site", value: "south" }]),
    });
    expect(Instances).to.have.lengthOf(1);
  });

  it("are removed by key, or all when no key is named", async () => {
    await tag(["i-1"], { site: "north", line: "1", room: "2" });
    const untag = (parameters: Parameters) =>
      fixture.client.call("UntagResources", { ...resources("i-1"), ...parameters });
    await untag({ "TagKey.1": "line", All: "true" });
    expect(await rows(resources("i-1"))).to.deep.equal(["i-1 room=2", "i-1 site=north"]);
    await untag({});
    expect(await rows(resources("i-1"))).to.have.lengthOf(2);
    await untag({ All: "true" });
    expect(await rows(resources("i-1"))).to.deep.equal([]);
  });

  it("are at most 20 in a call and on a resource", async () => {
    const call = (parameters: Parameters) =>
      fixture.client.call("TagResources", { ...resources("i-1"), ...parameters });
    await call(numbered(20));
    await call(numbered(20));
    for (const parameters of [numbered(1, 20), numbered(21)]) {
      expect(await fixture.client.refusal("TagResources", { ...resources("i-1"), ...parameters })).to.deep.equal(
        refusals.ParameterCheckFailed,
      );
    }
  });

  it("come in pages of 50", async () => {
    await fixture.client.call("TagResources", { ...resources("i-1", "i-2", "i-3"), ...numbered(20) });
    const all = resources("i-1", "i-2", "i-3");
    const first = await list(all);
    const second = await list({ ...all, NextToken: first.NextToken });
    expect([first.TagResources.length, second.TagResources.length, second.NextToken]).to.deep.equal([50, 10, ""]);
    const keys = [...first.TagResources, ...second.TagResources].map((row) => `${row.ResourceId} ${row.TagKey}`);
    expect(new Set(keys).size).to.equal(60);
  });

  it("are changed on all resources or on none", async () => {
    const parameters = { ...resources("i-1", "i-other"), ...tags({ site: "north" }) };
    expect(await fixture.client.refusal("TagResources", parameters)).to.deep.equal(
      refusals.InstancePermissionCheckFailed,
    );
    expect(await rows(resources("i-1"))).to.deep.equal([]);
    expect(await rows(resources("i-other"))).to.deep.equal([]);
  });

  it("are of instances only, and a listing says of which", async () => {
    for (const parameters of [{ ...resources("i-1"), ResourceType: "topic" }, resources()]) {
      expect(await fixture.client.refusal("ListTagResources", parameters)).to.deep.equal(refusals.ParameterCheckFailed);
    }
  });

  it("survive an export, also without a value", async () => {
    await tag(["i-1"], { site: "" });
    fixture.emulator.setState(fixture.emulator.state());
    expect(await rows(resources("i-1"))).to.deep.equal(["i-1 site="]);
  });
});
