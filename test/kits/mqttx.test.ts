import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import mqtt from "mqtt";
import { kitFiles } from "../../kits/kit";
import { awkward, kitFixture, plain, ways } from "./kitFixture";

/** What MQTTX knows of a connection, as far as it is asked for here. */
interface Imported {
  readonly [member: string]: unknown;
  readonly id: string;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly certType: string;
  readonly ca: string;
  readonly subscriptions: readonly object[];
}

function importedFrom(folder: string): Imported[] {
  return JSON.parse(readFileSync(join(folder, "mqttx.json"), "utf8"));
}

/** The check of MQTTX 1.13 before it imports (ImportData.vue, verifyFileContent). */
function isImported({ clientId, name, host, port, ssl, certType, ca }: Imported): boolean {
  return !(!clientId || !name || !host || !port || (ssl && !certType) || (certType === "self" && !ca));
}

/** The columns of its table that may not be empty and have no default (ConnectionEntity.ts). */
const columns = {
  ...{ clientId: "string", name: "string", host: "string", port: "number", connectTimeout: "number" },
  ...{ reconnect: "boolean", ssl: "boolean", mqttVersion: "string", unreadMessageCount: "number" },
  ...{ ca: "string", cert: "string", key: "string" },
};

describe("A kit for MQTTX", () => {
  const fixture = kitFixture();
  const formats = ["mqttx"] as const;

  for (const way of ways) {
    it(`is imported, and connects as MQTTX does: ${way}`, async () => {
      const subscribe = ["demo/orders"];
      const [one = expect.fail()] = importedFrom(
        fixture.write("kit", fixture.given(way, awkward, { formats, subscribe })),
      );
      expect(isImported(one)).to.equal(true);
      for (const [column, type] of Object.entries(columns)) expect(one[column], column).to.be.a(type);
      // What has no id is left out without a word (ConnectionService.ts, import).
      expect(one.id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(one.subscriptions).to.deep.equal([{ topic: "demo/orders", qos: 1, disabled: false }]);

      // As getUrl and getClientOptions of mqttUtils.ts do it.
      const { clientId, username, password, protocol, host, port, ssl, certType, ca } = one;
      expect([ssl, certType]).to.deep.equal(way === "mqtts" ? [true, "self"] : [false, ""]);
      const trust = certType === "self" ? { ca: readFileSync(ca) } : {};
      const options = { clientId, username, password, protocolVersion: 4 as const, reconnectPeriod: 0, ...trust };
      const client = await mqtt.connectAsync(`${protocol}://${host}:${port}`, options, false);
      await client.endAsync();
    });
  }

  it("replaces the connection of an earlier kit, and no other", () => {
    const idOf = (host: string, login = plain) => JSON.parse(kitFiles({ login, host })["mqttx.json"] ?? "")[0].id;
    const id = idOf("a.example");
    expect(idOf("a.example", { ...plain, password: "new" })).to.equal(id);
    expect([idOf("b.example"), idOf("a.example", awkward)]).not.to.include(id);
  });

  it("is verified against the CAs of the system where none is given", () => {
    const [one] = JSON.parse(kitFiles({ login: plain, host: "broker.example" })["mqttx.json"] ?? "");
    expect(one).to.include({ ssl: true, certType: "server", rejectUnauthorized: true, port: 8883 });
    expect(isImported(one)).to.equal(true);
  });
});
