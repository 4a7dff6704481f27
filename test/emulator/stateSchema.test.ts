import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { expect } from "chai";
import { startEmulator } from "../../emulator/index";
import { stateSchemaDocument } from "../../tools/stateSchema/document";

const folder = join(__dirname, "../../emulator");
const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("the JSON Schema of the state", () => {
  const isValid = new Ajv2020().compile(JSON.parse(read("state.schema.json")));

  it("is what the emulator takes (node --import tsx tools/stateSchema/main.ts writes it)", () => {
    expect(read("state.schema.json")).to.equal(stateSchemaDocument());
  });

  it("is packed, with an example", () => {
    const { files, exports } = JSON.parse(read("package.json"));
    expect(files).to.include.members(["state.schema.json", "example.state.json"]);
    expect(exports).to.have.property("./state.schema.json", "./state.schema.json");
  });

  it("fits the example, with which an emulator starts, and what that one exports", async () => {
    const example = JSON.parse(read("example.state.json"));
    expect(isValid(example), JSON.stringify(isValid.errors)).to.equal(true);
    const emulator = await startEmulator({ seed: example });
    const exported = emulator.state();
    await emulator.close();
    expect(exported.instances?.map(({ edition }) => edition)).to.deep.equal(["platinum", "serverless"]);
    expect(isValid(JSON.parse(JSON.stringify(exported))), JSON.stringify(isValid.errors)).to.equal(true);
  });

  it("finds what the emulator would refuse", () => {
    for (const state of [
      { instance: [] },
      { instances: [{ instanceId: "i-1", edition: "golden" }] },
      { instances: [{ instanceId: "i-1", credentials: [{}] }] },
      { instances: [{ instanceId: "i-1", groups: [{ groupId: "GID_sensors", colour: "red" }] }] },
    ]) {
      expect(isValid(state), JSON.stringify(state)).to.equal(false);
    }
  });
});
