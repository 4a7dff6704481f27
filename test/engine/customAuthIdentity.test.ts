import { expect } from "chai";
import { describeWorld, program, type World } from "./world";

const marker = "planted-marker/identity";
const declared = (secret: string) =>
  program(`
    new mqtt.CustomAuthIdentity("meter", { username: "meter", signMode: "SIGNED", secret: "${secret}" });`);
const ofSomebodyElse = {
  customAuthIdentities: [
    { identityType: "USER", username: "meter", signMode: "SIGNED", secret: `${marker}-of-somebody-else` } as const,
  ],
};

const secretIn = ({ instance }: World) => instance.customAuthIdentities?.[0]?.secret;

describeWorld("A CustomAuthIdentity with a secret that the program gives in clear", (newWorld) => {
  it("holds it, sets it right when somebody else has changed it, changes it in place, and shows it nowhere", async () => {
    const world = await newWorld({ program: declared(marker) });
    const { stack } = world;
    expect((await stack.up("--json")).code).to.equal(0);
    expect(secretIn(world)).to.equal(marker);
    world.change(() => ofSomebodyElse);
    expect((await stack.refresh("--preview-only", "--diff", "--expect-no-changes")).code).not.to.equal(0);
    expect((await stack.up("--refresh", "--diff")).code).to.equal(0);
    expect(secretIn(world)).to.equal(marker);
    await stack.program(declared(`${marker}-2`));
    expect((await stack.preview("--json")).code).to.equal(0);
    expect((await stack.up("--diff", "--debug")).code).to.equal(0);
    expect(secretIn(world)).to.equal(`${marker}-2`);

    world.change(() => ofSomebodyElse);
    expect((await stack.refresh("--diff")).code).to.equal(0);
    expect(stack.transcript + (await stack.exportText())).not.to.contain(marker);
  });
});
