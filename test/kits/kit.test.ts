import { expect } from "chai";
import type { GivenConnection } from "../../kits/connection";
import { folderName } from "../../kits/folderName";
import { fileNames, kitFaults, kitFiles } from "../../kits/kit";
import { createCa } from "../../tools/x509";
import { plain } from "./kitFixture";

const broker = { login: plain, host: "broker.example" };
const faultsOf = (more: Partial<Record<keyof GivenConnection, unknown>>) =>
  kitFaults({ ...broker, ...more } as GivenConnection).map(({ path, fault }) => `${path} ${fault}`);

describe("A kit", () => {
  it("has the files of all formats, or of those that are asked for", async () => {
    const ca = (await createCa({ commonName: "CA" })).pem;
    const all = { ...broker, ca, publish: ["demo/x"] };
    expect(Object.keys(kitFiles(all))).to.have.members(fileNames);
    const some = kitFiles({ ...all, formats: ["esp-idf", "json"] });
    expect(Object.keys(some)).to.have.members(["mqtt_connection.h", "connection.json"]);
  });

  it("takes a chain of CAs, and what is around the certificates for nothing", async () => {
    const [one, other] = await Promise.all([createCa({ commonName: "one" }), createCa({ commonName: "other" })]);
    const files = kitFiles({ ...broker, ca: `# one\r\n${one.pem}\n\nother:\n${other.pem}` });
    expect(files["ca.pem"]).to.equal(`${one.pem.trim()}\n${other.pem.trim()}\n`);
  });

  it("names every fault, and none by its value", () => {
    const login = { clientId: "", username: "a\nb", password: "planted\0" };
    expect(faultsOf({ login, host: "mqtts://broker.example:8883", port: 0 })).to.deep.equal([
      "login.clientId must have 1 to 64 characters; got 0",
      "login.username must hold no control characters",
      "login.password must hold no NUL",
      "host must be the name of a host or its IPv4 address, without scheme and port",
      "port must be a whole number from 1 to 65535",
    ]);
  });

  for (const [what, more, fault] of [
    ["half a character", { login: { ...plain, password: "\ud83d" } }, "login.password must be Unicode"],
    ["an empty password", { login: { ...plain, password: "" } }, "login.password must not be empty"],
    ["a login without a username", { login: { ...plain, username: undefined } }, "login.username is required"],
    ["a host that goes on", { host: "a.example\n-P x" }, "host must be the name"],
    [
      "a CA that is none",
      { ca: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----" },
      "ca must be certificates",
    ],
    ["a private key", { ca: "-----BEGIN PRIVATE KEY-----" }, "ca must hold no private key"],
    ["a CA without tls", { tls: false, ca: "x" }, "ca must not be given without tls"],
    ["no format", { formats: [] }, "formats must name one at least"],
    ["a topic of a wildcard alone", { subscribe: ["#/x"] }, "subscribe[0] must begin with a parent topic"],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(faultsOf(more).join("; ")).to.contain(fault);
    });
  }

  it("lies in a folder whose name any system takes, and tells one client id from another", () => {
    expect(folderName("GID_line@@@a-1")).to.equal("GID_line@@@a-1");
    expect(folderName("../é%2F")).to.equal("%2E%2E%2F%C3%A9%252F");
  });
});
