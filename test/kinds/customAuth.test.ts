import { expect } from "chai";
import { topicFault, usernameFault } from "../../kinds/customAuth";

describe("A topic of a rule", () => {
  for (const topic of ["demo", "demo/a", "demo/+/b", "demo/#", "demo/+/#", `demo/${"x".repeat(59)}`]) {
    it(`may be ${topic}`, () => expect(topicFault(topic)).to.equal(undefined));
  }

  for (const [topic, fault] of [
    ["de", "3 to 64 characters"],
    [`demo/${"x".repeat(60)}`, "3 to 64 characters"],
    ["/demo", "must begin with a parent topic"],
    ["+/demo", "must begin with a parent topic"],
    ["#/a", "must begin with a parent topic"],
    ["demo/#/a", "# only as the last one"],
    ["demo/a+", "+ only as a whole level"],
    ["demo/\u0000", "no control characters"],
  ] as const) {
    it(`must not be ${JSON.stringify(topic)}`, () => expect(topicFault(topic)).to.contain(fault));
  }
});

describe("A username", () => {
  it("may be any text of 64 characters", () => expect(usernameFault("ü/ @".repeat(16))).to.equal(undefined));

  for (const username of ["", "x".repeat(65), "a\nb"]) {
    it(`must not be ${JSON.stringify(username)}`, () => expect(usernameFault(username)).to.be.a("string"));
  }
});
