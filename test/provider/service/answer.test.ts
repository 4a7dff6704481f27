import { expect } from "chai";
import { Answer, MalformedAnswerError } from "../../../provider/service/answer";

const statuses = { "0": "inactive", "1": "active" };

describe("answer", () => {
  it("reads texts, counts, times, booleans and lists", () => {
    const answer = new Answer({
      a: { text: "b", count: 7, decimal: "8", time: 1577836800000, flag: true, list: ["c"] },
    });
    const item = answer.get("a");
    expect(item.get("text").text()).to.equal("b");
    expect(item.get("count").count()).to.equal(7);
    expect(item.get("decimal").count()).to.equal(8);
    expect(item.get("time").time()).to.equal("2020-01-01T00:00:00.000Z");
    expect(item.get("flag").boolean()).to.equal(true);
    expect(item.get("list").rows((entry) => entry.text())).to.deep.equal({ rows: ["c"], leftOut: 0 });
  });

  it("leaves out the rows of a list that cannot be read, and counts them", () => {
    const list = new Answer({ list: ["a", null, 7, "b"] }).get("list");
    expect(list.rows((entry) => entry.text())).to.deep.equal({ rows: ["a", "b"], leftOut: 2 });
  });

  it("takes a list that is absent or null for an empty one", () => {
    for (const answer of [new Answer({}), new Answer({ list: null })]) {
      expect(answer.get("list").rows((entry) => entry.text())).to.deep.equal({ rows: [], leftOut: 0 });
    }
  });

  it("does without a count that cannot be read", () => {
    const answer = new Answer({ total: "12", odd: "many" });
    expect(["total", "odd", "none"].map((name) => answer.get(name).optionalCount())).to.deep.equal([
      12,
      undefined,
      undefined,
    ]);
  });

  it("translates codes, written as text or as number", () => {
    expect(new Answer({ Status: 0 }).get("Status").coded(statuses)).to.equal("inactive");
    expect(new Answer({ Status: "1" }).get("Status").coded(statuses)).to.equal("active");
  });

  it("takes an empty optional text for none", () => {
    expect(new Answer({ token: "" }).get("token").optionalText()).to.equal(undefined);
  });

  for (const [what, read, problem] of [
    ["a missing text", (answer: Answer) => answer.get("Data").get("Sn").text(), "answer.Data.Sn is not a string"],
    ["a text that is a number", (answer: Answer) => answer.get("Number").text(), "answer.Number is not a string"],
    ["a count that is no number", (answer: Answer) => answer.get("Text").count(), "answer.Text is not a whole number"],
    ["an empty count", (answer: Answer) => answer.get("Empty").count(), "answer.Empty is not a whole number"],
    ["a count with a fraction", (answer: Answer) => answer.get("Half").count(), "answer.Half is not a whole number"],
    ["a time that no calendar holds", (answer: Answer) => answer.get("Aeon").time(), "answer.Aeon is not a time"],
    ["a boolean that is a text", (answer: Answer) => answer.get("Text").boolean(), "answer.Text is not a boolean"],
    ["a list that is an object", (answer: Answer) => answer.get("Object").rows(() => 1), "answer.Object is not a list"],
    ["a code of no meaning", (answer: Answer) => answer.get("Code").coded(statuses), "answer.Code is not one of 0, 1"],
  ] as const) {
    it(`names the path of ${what}`, () => {
      const answer = new Answer({
        Number: 7,
        Text: "marker-of-a-secret",
        Empty: "",
        Half: 0.5,
        Aeon: 9e15,
        Object: {},
        Code: "2",
        List: ["a", 7],
      });
      expect(() => read(answer))
        .to.throw(MalformedAnswerError)
        .with.property("message", problem);
    });
  }

  it("names a path through an answer that is no object", () => {
    expect(() => new Answer(undefined).get("DeviceCredential").get("CreateTime").time()).to.throw(
      "answer.DeviceCredential.CreateTime is not a whole number",
    );
  });
});
