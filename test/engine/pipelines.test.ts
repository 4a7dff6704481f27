import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Log } from "sarif";
import { Forge, identity, token } from "./pipelines/forge";
import * as github from "./pipelines/github";
import * as gitlab from "./pipelines/gitlab";
import type { Ended, Place } from "./pipelines/place";
import { clientId, describeWorld, program, type World } from "./world";

/** What the examples for a forge have in common. */
interface Jobs {
  /** On a pull request or a merge request. */
  review(place: Place, change: number): Promise<Ended>;
  plan(place: Place, limits?: { readonly removals: string }): Promise<Ended>;
  apply(place: Place): Promise<Ended>;
  drift(place: Place): Promise<Ended>;
  /** Where the identity of a job was written to. */
  tokenFile(world: World): string;
  sarif(place: Place): string | undefined;
}

const forges: Readonly<Record<string, Jobs>> = {
  GitHub: {
    review: (place, change) => github.runJob(place, "review", "review", { change }),
    plan: (place, { removals } = { removals: "" }) =>
      github.runJob(place, "apply", "plan", { inputs: { removals, rotations: "" } }),
    apply: (place) => github.runJob(place, "apply", "apply"),
    drift: (place) => github.runJob(place, "drift", "drift"),
    tokenFile: ({ stack }) => join(stack.temporaryFolder, "runner/oidc-token"),
    sarif: ({ artifacts }) => artifacts.get("sarif"),
  },
  GitLab: {
    review: (place, change) => gitlab.runJob(place, "review", { change }),
    plan: (place, limits) =>
      gitlab.runJob(place, "plan", { ...(limits && { variables: { MAX_REMOVALS: limits.removals } }) }),
    apply: (place) => gitlab.runJob(place, "apply"),
    drift: (place) => gitlab.runJob(place, "drift"),
    tokenFile: ({ stack }) => `${stack.directory}.oidc-token`,
    sarif: ({ artifacts }) => artifacts.get("drift.sarif"),
  },
};

const plantedSecret = "planted-secret-of-a-meter";
const withDevices = (...deviceIds: string[]) =>
  program(`
    const secret = pulumi.secret(process.env.METER);
    new mqtt.CustomAuthIdentity("meter", { username: "meter", signMode: "SIGNED", secret });
    new mqtt.Group("line", { groupId: "GID_line", ifExists: "adopt" });
    for (const deviceId of ${JSON.stringify(deviceIds)}) new mqtt.DeviceCredential(deviceId, { groupId: "GID_line", deviceId });`);
const areToolsThere = ["bash", "curl", "jq"].every((tool) => !spawnSync(tool, ["--version"]).error);

describeWorld("The example of pipelines", (newWorld) => {
  before(function () {
    if (!areToolsThere) this.skip();
  });

  for (const [name, jobs] of Object.entries(forges)) {
    describe(`for ${name}`, () => {
      let place: Place;
      let world: World;
      let forge: Forge;

      const ended = async (job: Promise<Ended>, code: number) => {
        const result = await job;
        expect(result.code, result.output).to.equal(code);
        expect(forge.refused).to.deep.equal([]);
        for (const text of [result.output, result.summary, ...place.artifacts.values()]) {
          expect(text.includes(plantedSecret), "the planted secret is shown").to.equal(false);
          expect(text.includes(token), "the forge's token is shown").to.equal(false);
        }
        return result;
      };

      before(async () => {
        world = await newWorld({ program: withDevices("a", "b"), env: { METER: plantedSecret } });
        forge = await Forge.start();
        place = { world, forge, artifacts: new Map() };
        forge.chat("1", "<!-- apsaramq-mqtt review test/dev --> is how it begins");
      });
      after(() => forge?.close());
      const own = (at: string) => forge.comments(at).slice(at === "1" ? 101 : 0);

      it("writes one comment, and asks the service nothing", async () => {
        const { summary } = await ended(jobs.review(place, 1), 0);
        expect(own("1")).to.have.lengthOf(1);
        expect(own("1")[0]).to.contain(clientId("b"));
        expect(summary).to.contain("registered");
        expect(world.calls()).to.deep.equal([]);
      });

      it("applies exactly the plan, by the role of the job", async () => {
        await ended(jobs.plan(place), 0);
        expect([...place.artifacts.keys()]).to.include.members(["plan.json", "review.md"]);
        expect(place.artifacts.get("plan.json")).to.contain(clientId("a"));
        expect(world.clientIds).to.deep.equal([]);
        await ended(jobs.apply(place), 0);
        expect(world.clientIds).to.deep.equal(["a", "b"].map(clientId));
        expect(readFileSync(jobs.tokenFile(world), "utf8").trim()).to.equal(identity);
      });

      it("is quiet where nothing changes, and brings an older comment up to date in its place", async () => {
        await ended(jobs.review(place, 2), 0);
        expect(own("2")).to.deep.equal([]);
        await ended(jobs.review(place, 1), 0);
        expect(own("1")).to.have.lengthOf(1);
        expect(own("1")[0]).not.to.contain(clientId("b"));
      });

      it("fails where limits are exceeded, and says so first", async () => {
        await world.stack.program(withDevices("b"));
        await ended(jobs.review(place, 3), 4);
        expect(own("3")).to.have.lengthOf(1);
        expect(own("3")[0]).to.contain("**Exceeded**: `--max-removals`").and.to.contain(clientId("a"));
        place.artifacts.clear();
        const { summary } = await ended(jobs.plan(place), 4);
        expect(summary).to.contain("1 removal");
        expect([...place.artifacts.keys()]).not.to.include("plan.json");
      });

      it("fails where there is nothing to review, and leaves the comment", async () => {
        const before = own("3");
        const { stack } = world;
        rmSync(join(stack.directory, "review.md"));
        await stack.program("not a program");
        const { code } = await jobs.review({ ...place, world }, 3);
        expect(code).not.to.equal(0);
        expect(own("3")).to.have.lengthOf(before.length);
      });

      it("refuses a plan that does not hold any more, before it changes anything", async () => {
        await world.stack.program(withDevices("b"));
        await ended(jobs.plan(place, { removals: "10" }), 0);
        // Meanwhile somebody takes the meter out of the stack.
        const urn = "urn:pulumi:dev::test::pulumi-nodejs:dynamic/apsaramq:CustomAuthIdentity::meter";
        expect(await world.stack.run("state", "delete", urn, "--yes")).to.deep.include({ code: 0 });
        const before = JSON.stringify(world.emulator.state());
        const { output } = await ended(jobs.apply(place), 1);
        expect(output).to.contain("violates plan");
        expect(JSON.stringify(world.emulator.state())).to.equal(before);
      });

      it("keeps one issue about drift: opens it, updates it, and closes it once the drift is gone", async () => {
        world.change(() => ({ customAuthIdentities: [] }));
        const whole = world.emulator.state();
        world.deregister(clientId("a"));
        await ended(jobs.drift(place), 0);
        const bodies = () =>
          forge.issues.map(({ body, isOpen }) => [isOpen, ["a", "b"].filter((id) => body.includes(clientId(id)))]);
        expect(forge.issues).to.have.lengthOf(1);
        expect(forge.issues[0]).to.deep.include({ title: "Drift of dev", labels: ["drift"] });
        expect(bodies()).to.deep.equal([[true, ["a"]]]);
        const sarif: Log = JSON.parse(jobs.sarif(place) ?? "");
        expect(sarif.runs[0]?.results?.map(({ ruleId }) => ruleId)).to.deep.equal(["gone"]);

        world.deregister(clientId("b"));
        await ended(jobs.drift(place), 0);
        expect(bodies()).to.deep.equal([[true, ["a", "b"]]]);

        world.emulator.setState(whole);
        world.emulator.faults.add({
          action: "ListDeviceCredentialClientId",
          code: "ParameterCheckFailed",
          times: null,
        });
        await ended(jobs.drift(place), 3);
        expect(bodies()).to.deep.equal([[true, ["a", "b"]]]);

        world.emulator.faults.clear();
        await ended(jobs.drift(place), 0);
        expect(bodies()).to.deep.equal([[false, ["a", "b"]]]);
        expect(forge.comments(String(forge.issues[0]?.number)).join()).to.contain(
          "There is no drift any more: https://",
        );
      });
    });
  }
});
