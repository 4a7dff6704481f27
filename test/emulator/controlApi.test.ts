import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { expect } from "chai";
import { controlApiDocument, type OperationName, operations } from "../../emulator/control/controlApi";
import { send } from "../../tools/emulator/rawRequests";
import { createCa } from "../../tools/x509";
import { EmulatorFixture } from "./harness";

describe("the OpenAPI document of the control paths", () => {
  const fixture = new EmulatorFixture();
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  ajv.addSchema(controlApiDocument(), "api");

  const call = async (name: string, query = "", json?: unknown) => {
    const [method = "", path = ""] = name.split(" ");
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const answer = await send(fixture.emulator.endpoint, { method, path: `/_emulator${path}${query}`, ...body });
    return { status: answer.status, json: JSON.parse(answer.body) };
  };

  /** A reference to a part of the document: RFC 6901, within the fragment of a URL. */
  const pointer = (...parts: string[]) => `api#/${parts.map((part) => part.replaceAll("/", "~1")).join("/")}`;
  const expectAsDocumented = (name: string, status: number, json: unknown) => {
    const [method = "", path = ""] = name.split(" ");
    const responses = [path, method.toLowerCase(), "responses", String(status)];
    const $ref = pointer("paths", ...responses, "content", "application/json", "schema");
    expect(ajv.validate({ $ref }, json), `${name}: ${ajv.errorsText()} in ${JSON.stringify(json)}`).to.equal(true);
  };

  it("is valid OpenAPI 3.1", async () => {
    const { json } = await call("GET /openapi.json");
    const result = await new Validator().validate(json);
    expect(result).to.deep.include({ valid: true });
    expect(json).to.deep.equal(JSON.parse(JSON.stringify(controlApiDocument())));
  });

  it("describes what each operation answers", async () => {
    const fault = { action: "*", code: "SystemOverFlow", object: "GID_none", skip: 1, times: null };
    const instanceId = fixture.instanceId;
    const { pem: certificate } = await (await createCa({ commonName: "Plant CA" })).device({ commonName: "gateway" });
    await fixture.client.call("ListInstances");
    const bodies: Readonly<Partial<Record<OperationName, unknown>>> = {
      "PUT /state": { instances: [{ instanceId }] },
      "POST /groups": { groupId: "GID_sensors", tags: [{ key: "site", value: "north" }] },
      "POST /devices": { clientId: "GID_sensors@@@line-1" },
      "PUT /clock": { now: "2031-01-01T00:00:00Z" },
      "POST /faults": fault,
      "PUT /quotas": { enabled: true },
      "POST /tls-connections": { instanceId, certificate },
    };
    const inOrder: OperationName[] = ["POST /faults", "PUT /clock"];
    const names = [...new Set([...inOrder, ...(Object.keys(operations) as OperationName[])])];
    for (const name of names) {
      if (name === "DELETE /faults/{id}") await call("POST /faults", "", { ...fault, id: "{id}" });
      const { status, json } = await call(name, "", bodies[name]);
      expect(status, name).to.equal(200);
      expectAsDocumented(name, 200, json);
    }
    const several = await call("POST /faults", "", [fault, fault]);
    expectAsDocumented("POST /faults", 200, several.json);
  });

  it("has the CA for download", async () => {
    const { status, contentType, body } = await send(fixture.emulator.endpoint, { path: "/_emulator/ca.pem" });
    expect({ status, contentType }).to.deep.equal({ status: 200, contentType: "application/x-pem-file" });
    expect(body).to.match(/^-----BEGIN CERTIFICATE-----/);
    expect(controlApiDocument().paths).to.have.property("/ca.pem");
  });

  it("knows every member of a state and of a fault, as those who read them do", async () => {
    const isDocumented = (name: string, json: unknown) =>
      ajv.validate({ $ref: pointer("components", "schemas", name) }, json);
    const cases: readonly (readonly [OperationName, string, unknown])[] = [
      ["PUT /state", "State", { instances: [{ instanceId: "i-1", groups: [{ groupId: "GID_sensors" }] }] }],
      ["PUT /state", "State", { instances: [{ instanceId: "i-1", groups: [{ colour: "red" }] }] }],
      ["PUT /state", "State", { instances: [{ topics: [] }] }],
      ["PUT /state", "State", { assumptions: { registerExisting: "perhaps" } }],
      [
        "PUT /state",
        "State",
        { $schema: "state.schema.json", instances: [{ instanceId: "i-1", edition: "serverless" }] },
      ],
      ["PUT /state", "State", { instances: [{ instanceId: "i-1", edition: "golden" }] }],
      ["POST /faults", "Fault", { action: "ListGroupId", effect: "silent", late: { afterMs: 5 } }],
      ["POST /faults", "Fault", { action: "ListGroupId", answer: { status: 502, body: "<html>" } }],
      ["POST /faults", "Fault", { action: "ListGroupId", answer: { colour: "red" } }],
      ["POST /faults", "Fault", { action: "ListGroups", delayMs: 5 }],
      ["POST /faults", "Fault", { action: "mqtt:connect", effect: "stall" }],
    ];
    for (const [operation, name, json] of cases) {
      const { status } = await call(operation, "", json);
      expect(isDocumented(name, json), JSON.stringify(json)).to.equal(status === 200);
    }
  });

  it("describes how what makes no sense is refused", async () => {
    for (const [name, operation] of Object.entries(operations)) {
      if (!("body" in operation)) continue;
      const { status, json } = await call(name, "", { colour: "red" });
      expect(status, name).to.equal(400);
      expectAsDocumented(name, 400, json);
    }
  });

  it("names every filter of the journal", async () => {
    const { query } = operations["GET /journal"];
    const values: Readonly<Record<keyof typeof query, string>> = {
      kind: "request",
      action: "ListInstances",
      since: "2031-01-01T00:00:00Z",
      code: "SystemOverFlow",
      instanceId: "i-1",
      object: "GID_sensors",
      limit: "3",
    };
    const { status } = await call("GET /journal", `?${new URLSearchParams(values)}`);
    expect(status).to.equal(200);
  });
});
