import { expect } from "chai";
import { actions } from "../../emulator/operations/actions";
import { vendorFacts } from "../../tools/vendorFacts";
import { createPki, goodCalls, type Pki, worldSeed } from "./goodCalls";
import { missingParameter } from "./refusals";
import { isOf, ownPairs, requiredParameters, wayTo } from "./refusalWays";
import { ServiceFixture } from "./serviceFixture";
import { typesOf } from "./typesOf";

const documented = Object.entries(vendorFacts);
const pairs = documented.flatMap(([action, { errors }]) => Object.keys(errors).map((code) => ({ action, code })));

/** Parameters the facts do not have: the older form of another, which SDKs still send. */
const olderForms = ["Tags"];

describe("every action the vendor documents", () => {
  let pki: Pki;
  before(async () => {
    pki = await createPki();
  });
  const fixture = new ServiceFixture(() => worldSeed(pki));

  it("is there, and no other", () => {
    expect([...actions.keys()].sort()).to.deep.equal(Object.keys(vendorFacts).sort());
  });

  it("has a good case", () => {
    expect(Object.keys(goodCalls(pki)).sort()).to.deep.equal(Object.keys(vendorFacts).sort());
  });

  it("has a test for each of its error codes", () => {
    const untested = pairs.filter(({ action, code }) => wayTo(action, code) === undefined);
    expect(untested.map(({ action, code }) => `${action}: ${code}`)).to.deep.equal([]);
    expect(pairs.map(({ action, code }) => `${action}: ${code}`)).to.include.members(ownPairs);
  });

  for (const [name, facts] of documented) {
    describe(name, () => {
      const good = () => {
        const call = goodCalls(pki)[name] ?? { parameters: {} };
        call.before?.(fixture.service);
        return call.parameters;
      };

      it("has the documented methods, quota and parameters", () => {
        const action = actions.get(name);
        expect([...(action?.methods ?? [])].sort()).to.deep.equal([...facts.methods].sort());
        expect(action?.callsPerSecond).to.equal(facts.callsPerSecond);
        const parameters = action?.parameterNames.filter((parameter) => !olderForms.includes(parameter)) ?? [];
        const expected = Object.keys(facts.parameters).filter((parameter) => !olderForms.includes(parameter));
        expect(parameters).to.have.members(expected);
      });

      it("answers with the documented members and types", async () => {
        const answer = await fixture.client.call(name, good());
        const always = Object.entries(facts.answer).filter(([, type]) => !type.endsWith("on denial"));
        expect(typesOf(answer)).to.deep.equal(Object.fromEntries(always));
      });

      it("stands in the journal with its instance and what it is about", async () => {
        const { about = null } = goodCalls(pki)[name] ?? {};
        const parameters = good();
        await fixture.client.call(name, parameters);
        const instanceId = parameters.InstanceId ?? parameters.MqttInstanceId ?? null;
        expect(fixture.service.journal.entries().at(-1)).to.include({ action: name, instanceId, object: about });
      });

      it("refuses to go without a parameter that is required, in the gateway's words", async () => {
        const parameters = Object.entries(good());
        for (const required of requiredParameters(facts)) {
          const isRest = ([name]: [string, string]) => !isOf(required)(name);
          const refusal = await fixture.client.refusal(name, Object.fromEntries(parameters.filter(isRest)));
          expect(refusal).to.deep.equal(missingParameter(required));
        }
      });

      for (const [code, status] of Object.entries(facts.errors)) {
        it(`refuses with ${code}`, async () => {
          const way = wayTo(name, code);
          if (way === undefined) expect.fail(`no way to ${code} is known`);
          const { service, client } = fixture;
          const refusal = await way({ service, client, pki, action: name, code, parameters: good(), facts });
          expect(refusal).to.include({ status, code: code.replace("%s", "Colour") });
        });
      }
    });
  }
});
