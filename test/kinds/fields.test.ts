import { expect } from "chai";
import {
  changedFields,
  choice,
  fieldFaults,
  flag,
  list,
  map,
  number,
  readFields,
  record,
  same,
  text,
  unknown,
} from "../../kinds/fields";

const fields = {
  name: text({
    required: true,
    replaces: true,
    fault: (value) => (value === "" ? "must not be empty" : undefined),
  }),
  note: text({ replaces: true }),
  colour: choice(["red", "blue"]),
  active: flag(),
  labels: map(text()),
};

const reasons = (props: Readonly<Record<string, unknown>>) =>
  fieldFaults(fields, props).map(({ path, fault }) => `${path} ${fault}`);

describe("fields", () => {
  it("finds nothing wrong with good values", () => {
    expect(reasons({ name: "a", note: "b", colour: "red", active: false, labels: { c: "d" } })).to.deep.equal([]);
  });

  it("lets everything but required fields be left out", () => {
    expect(reasons({ name: "a" })).to.deep.equal([]);
  });

  it("reports every broken rule at once, each at its path", () => {
    expect(fieldFaults(fields, { name: "", colour: "green", active: "yes", labels: { c: 1 } })).to.deep.equal([
      { path: "name", fault: "must not be empty" },
      { path: "colour", fault: 'must be "red" or "blue"' },
      { path: "active", fault: "must be true or false" },
      { path: 'labels["c"]', fault: "must be a string" },
    ]);
  });

  it("reports a required field that is missing or null", () => {
    expect([...reasons({}), ...reasons({ name: null })]).to.deep.equal(["name is required", "name is required"]);
  });

  it("asks no rule about a value of the wrong type", () => {
    expect(reasons({ name: 7 })).to.deep.equal(["name must be a string"]);
  });

  it("takes a list for no map", () => {
    expect(reasons({ name: "a", labels: ["b"] })).to.deep.equal(["labels must be a map, each value a string"]);
  });

  it("takes values that are not known yet as good, whatever their type", () => {
    const later = Object.fromEntries(Object.keys(fields).map((name) => [name, unknown]));
    expect(reasons(later)).to.deep.equal([]);
  });

  for (const stranger of ["colours", "toString", "constructor"]) {
    it(`reports the stranger ${stranger}`, () => {
      expect(fieldFaults(fields, { name: "a", [stranger]: "red" })).to.deep.equal([
        { path: stranger, fault: "is not a property here" },
      ]);
    });
  }

  it("reads known fields of the right shape and leaves out the rest", () => {
    expect(readFields(fields, { name: "a", note: null, colour: "green", active: true, stranger: "b" })).to.deep.equal({
      name: "a",
      active: true,
    });
  });

  it("finds changed fields", () => {
    expect(changedFields(fields, { name: "a", note: "b" }, { name: "c", note: "b" })).to.deep.equal(["name"]);
  });

  it("counts a value that is not known yet as changed", () => {
    expect(changedFields(fields, { name: "a" }, { name: unknown })).to.deep.equal(["name"]);
  });

  it("counts a value that appears or goes as changed", () => {
    expect(changedFields(fields, { name: "a" }, { name: "a", note: "b" })).to.deep.equal(["note"]);
    expect(changedFields(fields, { name: "a", note: "b" }, { name: "a" })).to.deep.equal(["note"]);
  });
});

describe("deep fields", () => {
  const fleet = {
    devices: list(
      record({ deviceId: text({ required: true, fault: (id) => (id ? undefined : "must not be empty") }) }),
    ),
    settings: map(record({ rate: number(), colour: choice(["red", "blue"]) })),
  };

  it("report each fault with its path", () => {
    const props = {
      devices: [{ deviceId: "a" }, { deviceId: "" }, {}, "d", { deviceId: "e", stranger: 1 }],
      settings: { "line 1": { rate: "fast", colour: "green" } },
    };
    expect(fieldFaults(fleet, props).map(({ path, fault }) => `${path} ${fault}`)).to.deep.equal([
      "devices[1].deviceId must not be empty",
      "devices[2].deviceId is required",
      "devices[3] must be an object of deviceId",
      "devices[4].stranger is not a property here",
      'settings["line 1"].rate must be a number',
      'settings["line 1"].colour must be "red" or "blue"',
    ]);
  });

  it("take a value that is not known yet as good at every depth", () => {
    const props = { devices: [{ deviceId: unknown }, unknown], settings: { a: { rate: unknown }, b: unknown } };
    expect(fieldFaults(fleet, props)).to.deep.equal([]);
  });

  it("leave out the odd entry when they are read, not the whole", () => {
    const props = {
      devices: [{ deviceId: "a", stranger: 1 }, "b", { deviceId: 7 }],
      settings: { a: { rate: 1, colour: "green" }, b: 2 },
    };
    expect(readFields(fleet, props)).to.deep.equal({
      devices: [{ deviceId: "a" }, {}],
      settings: { a: { rate: 1 } },
    });
  });

  it("are the same when they are equal at every depth", () => {
    const values = () => ({ devices: [{ deviceId: "a" }], settings: { a: { rate: 1 } } });
    expect(changedFields(fleet, values(), values())).to.deep.equal([]);
    expect(changedFields(fleet, values(), { ...values(), devices: [{ deviceId: "b" }] })).to.deep.equal(["devices"]);
  });

  it("are not the same when a part is not known yet", () => {
    expect(same([{ deviceId: "a" }], [{ deviceId: unknown }])).to.equal(false);
    expect(same([{ deviceId: unknown }], [{ deviceId: unknown }])).to.equal(false);
  });
});
