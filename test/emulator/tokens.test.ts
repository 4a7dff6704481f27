import { expect } from "chai";
import { isGranted, type TokenKind, tokenRights } from "../../emulator/access/tokens";
import { newToken } from "../../emulator/facts/identifiers";
import type { Parameters } from "./harness";
import { refusals } from "./refusals";
import { now, ServiceFixture } from "./serviceFixture";

const minute = 60_000;
const day = 24 * 60 * minute;
const InstanceId = "i-own";
const seed = {
  instances: [
    { instanceId: InstanceId, topics: ["alerts", "demo"] },
    { instanceId: "i-second", topics: ["demo"] },
  ],
};

describe("tokens", () => {
  const fixture = new ServiceFixture(() => seed);
  const application = {
    InstanceId,
    Actions: "R,W",
    Resources: "alerts,demo/+/state",
    ExpireTime: String(now + 10 * minute),
  };
  const apply = async (changed: Parameters = {}) =>
    (await fixture.client.call<{ Token: string }>("ApplyToken", { ...application, ...changed })).Token;
  const isValid = async (Token: string, instanceId = InstanceId) =>
    (await fixture.client.call<{ TokenStatus: boolean }>("QueryToken", { InstanceId: instanceId, Token })).TokenStatus;
  const later = (milliseconds: number) => fixture.service.setClock(now + milliseconds);
  const instance = () => fixture.service.state.instances.get(InstanceId) ?? expect.fail("the instance is there");
  const rights = (text: string, kind: TokenKind) =>
    tokenRights(instance(), { text, kind }, { now, assumptions: fixture.service.state.assumptions });

  it("are valid until they expire", async () => {
    const token = await apply();
    later(10 * minute - 1);
    expect(await isValid(token)).to.equal(true);
    later(10 * minute);
    expect(await isValid(token)).to.equal(false);
  });

  it("are valid until they are revoked, and revoking again is taken", async () => {
    const token = await apply();
    await fixture.client.call("RevokeToken", { InstanceId, Token: token });
    expect(await isValid(token)).to.equal(false);
    await fixture.client.call("RevokeToken", { InstanceId, Token: token });
  });

  it("are valid in their instance only, and nothing else is a token", async () => {
    expect(await isValid(await apply(), "i-second")).to.equal(false);
    expect(await isValid("made up")).to.equal(false);
  });

  it("last at least a minute, and at most thirty days whatever is asked for", async () => {
    await apply({ ExpireTime: String(now + minute) });
    expect(
      await fixture.client.refusal("ApplyToken", { ...application, ExpireTime: String(now + minute - 1) }),
    ).to.deep.equal(refusals.ParameterCheckFailed);
    const token = await apply({ ExpireTime: String(now + 31 * day) });
    later(30 * day - 1);
    expect(await isValid(token)).to.equal(true);
    later(30 * day);
    expect(await isValid(token)).to.equal(false);
  });

  it("are for up to 100 topics in order, wildcards below the parent topic included", async () => {
    const topics = Array.from({ length: 101 }, (_, index) => `demo/${100 + index}`);
    await apply({ Resources: topics.slice(0, 100).join(",") });
    const wrong = [
      topics.join(","),
      "demo,alerts",
      "demo,,",
      "#",
      "+/state",
      "demo/#/state",
      "demo/#/",
      "demo/a+",
      "de",
    ];
    for (const Resources of wrong) {
      expect(await fixture.client.refusal("ApplyToken", { ...application, Resources })).to.deep.equal(
        refusals.ParameterCheckFailed,
      );
    }
  });

  it("are for parent topics that exist", async () => {
    expect(await fixture.client.refusal("ApplyToken", { ...application, Resources: "demo,nowhere/x" })).to.deep.equal(
      refusals.PermissionCheckFailed,
    );
  });

  it("grant what was asked for, in whatever part it is presented", async () => {
    const token = await apply();
    const topics = ["alerts", "demo/+/state"];
    expect(rights(token, "RW")).to.deep.equal({ topics, mayRead: true, mayWrite: true });
    expect(rights(token, "R")).to.deep.equal({ topics, mayRead: true, mayWrite: false });
    expect(rights(await apply({ Actions: "W" }), "W")).to.deep.equal({ topics, mayRead: false, mayWrite: true });
    expect(rights(await apply({ Actions: "R" }), "RW")).to.equal(undefined);
    expect(rights("made up", "R")).to.equal(undefined);
  });

  it("reach what their filters cover, and no more", async () => {
    const granted = [rights(await apply({ Resources: "alerts/#,demo/+/state" }), "RW")].flatMap((right) => right ?? []);
    for (const topic of ["alerts", "alerts/fire", "alerts/fire/+", "alerts/#", "demo/1/state", "demo/+/state"]) {
      expect(isGranted(granted, "SUB", topic), topic).to.equal(true);
    }
    for (const topic of ["demo", "demo/state", "demo/1/state/2", "demo/#", "demo/1/+", "other"]) {
      expect(isGranted(granted, "SUB", topic), topic).to.equal(false);
    }
    const readOnly = granted.map((right) => ({ ...right, mayWrite: false }));
    expect(isGranted(readOnly, "PUB", "alerts")).to.equal(false);
  });

  it("are forgotten some time after they expired", async () => {
    const expired = Array.from({ length: 60 }, () => ({
      token: newToken(),
      topics: ["demo"],
      actions: "R" as const,
      expireTime: now - 1,
    }));
    fixture.service.importState({
      instances: [{ instanceId: InstanceId, topics: ["alerts", "demo"], tokens: expired }],
    });
    for (let call = 0; call < 99; call++) await apply();
    expect(instance().tokens.size).to.be.below(130);
  });

  describe("under other assumptions", () => {
    beforeEach(() =>
      fixture.service.importState({
        ...seed,
        assumptions: {
          tokenKind: "exact",
          tokenOfUnknownTopic: "allowed",
          unsortedTokenTopics: "accepted",
          revokeUnknownToken: "ParameterCheckFailed",
        },
      }),
    );

    it("are presented as what they are, for any topic, and revoked when they are there", async () => {
      const token = await apply({ Resources: "demo,nowhere,alerts" });
      expect(rights(token, "R")).to.equal(undefined);
      expect(rights(token, "RW")).to.deep.include({ mayRead: true, mayWrite: true });
      expect(await fixture.client.refusal("RevokeToken", { InstanceId, Token: "made up" })).to.deep.equal(
        refusals.ParameterCheckFailed,
      );
    });
  });
});
