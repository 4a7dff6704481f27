import { expect } from "chai";
import { choice, fieldFailures, flag, pick, replacedFields, text, textMap, unknownValue } from "../../provider/fields";

const fields = {
  name: text({
    required: true,
    replaces: true,
    fault: (value) => (value === "" ? "must not be empty" : undefined),
  }),
  note: text({ replaces: true }),
  colour: choice("red", "blue"),
  active: flag(),
  labels: textMap(),
};

const reasons = (props: Readonly<Record<string, unknown>>) => fieldFailures(fields, props).map(({ reason }) => reason);

describe("fields", () => {
  it("finds nothing wrong with good values", () => {
    expect(reasons({ name: "a", note: "b", colour: "red", active: false, labels: { c: "d" } })).to.deep.equal([]);
  });

  it("lets everything but required fields be left out", () => {
    expect(reasons({ name: "a" })).to.deep.equal([]);
  });

  it("reports every broken rule at once, each at its property", () => {
    expect(fieldFailures(fields, { name: "", colour: "green", active: "yes", labels: { c: 1 } })).to.deep.equal([
      { property: "name", reason: "name must not be empty" },
      { property: "colour", reason: 'colour must be "red" or "blue"' },
      { property: "active", reason: "active must be true or false" },
      { property: "labels", reason: "labels must be a map of strings" },
    ]);
  });

  it("reports a required field that is missing or null", () => {
    expect([...reasons({}), ...reasons({ name: null })]).to.deep.equal(["name is required", "name is required"]);
  });

  it("asks no rule about a value of the wrong type", () => {
    expect(reasons({ name: 7 })).to.deep.equal(["name must be a string"]);
  });

  it("takes a list for no map", () => {
    expect(reasons({ name: "a", labels: ["b"] })).to.deep.equal(["labels must be a map of strings"]);
  });

  it("takes values that are not known yet as good, whatever their type", () => {
    const unknown = Object.fromEntries(Object.keys(fields).map((name) => [name, unknownValue]));
    expect(reasons(unknown)).to.deep.equal([]);
  });

  for (const stranger of ["colours", "toString", "constructor"]) {
    it(`reports the stranger ${stranger}`, () => {
      expect(fieldFailures(fields, { name: "a", [stranger]: "red" })).to.deep.equal([
        { property: stranger, reason: `${stranger} is not a property of this resource` },
      ]);
    });
  }

  it("picks known fields of the right type and leaves out the rest", () => {
    expect(pick(fields, { name: "a", note: null, colour: "green", active: true, stranger: "b" })).to.deep.equal({
      name: "a",
      active: true,
    });
  });

  it("finds the changed fields that make another object", () => {
    expect(replacedFields(fields, { name: "a", note: "b" }, { name: "c", note: "b" })).to.deep.equal(["name"]);
  });

  it("finds no replacement in changes of other fields", () => {
    expect(replacedFields(fields, { name: "a", colour: "red" }, { name: "a", colour: "blue" })).to.deep.equal([]);
  });

  it("counts a value that is not known yet as changed", () => {
    expect(replacedFields(fields, { name: "a" }, { name: unknownValue })).to.deep.equal(["name"]);
  });

  it("counts a value that appears or goes as changed", () => {
    expect(replacedFields(fields, { name: "a" }, { name: "a", note: "b" })).to.deep.equal(["note"]);
    expect(replacedFields(fields, { name: "a", note: "b" }, { name: "a" })).to.deep.equal(["note"]);
  });
});
