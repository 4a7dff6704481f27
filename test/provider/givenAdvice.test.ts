import { expect } from "chai";
import { MqttProviderError } from "../../provider/errors";
import { GivenAdvice } from "../../provider/givenAdvice";

const failure = (object: string, advice: string) =>
  new MqttProviderError({ kind: "Unauthorized", action: "Create", object, problem: "Forbidden", advice, code: "F" });
const longAdvice = "Grant the operator the RAM actions that the README lists, on this instance and on its groups";

describe("What a run advises", () => {
  it("is told once, then where it stands; what happened is told each time", () => {
    const given = new GivenAdvice();
    const told = ["a", "b"].map((object) => given.once(failure(object, longAdvice)));
    expect(told.map(String)).to.deep.equal([
      `MqttProviderError: Create for a: Forbidden. ${longAdvice}`,
      "MqttProviderError: Create for b: Forbidden. What to do: see an error about a",
    ]);
    expect(told[1]).to.include({ kind: "Unauthorized", code: "F", object: "b" });
  });

  it("is told each time where that is shorter", () => {
    const given = new GivenAdvice();
    const told = ["a", "b"].map((object) => given.once(failure(object, "Try again")));
    expect(told.map(String)).to.deep.equal(
      ["a", "b"].map((object) => `MqttProviderError: Create for ${object}: Forbidden. Try again`),
    );
  });

  it("is told for each kind of failure", () => {
    const given = new GivenAdvice();
    for (const advice of [longAdvice, `${longAdvice}!`]) {
      expect(String(given.once(failure("a", advice)))).to.contain(advice);
    }
  });
});
