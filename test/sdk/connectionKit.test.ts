import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { failureOf, outputOf, registrations } from "./program";

const login = { clientId: "GID_line@@@a", username: "DeviceCredential|DC.kit|post-cn-kit", password: "planted" };
const host = "broker.example";

describe("connectionKit", () => {
  /** What a program's output comes to. */
  const resolved = async <T>(program: () => pulumi.Output<T>, preview = false) => {
    let found: Promise<{ value: T; secret: boolean }> | undefined;
    await registrations(() => (found = outputOf(program()) as typeof found), { preview });
    return found ?? expect.fail("the program did not run");
  };

  it("gives the files by their names, secret although nothing that it takes is", async () => {
    const { value, secret } = await resolved(() => mqtt.connectionKit({ login, host }));
    expect(secret).to.equal(true);
    expect(value).to.have.all.keys(
      ...["mosquitto_pub", "mosquitto_sub", "mqttx.json", "mqttx-cli-options.json"],
      ...["mqtt_connection.h", "connection.json"],
    );
    expect(JSON.parse(value["connection.json"] ?? "")).to.include({ ...login, host, port: 8883, protocol: "mqtts" });
  });

  it("takes outputs, of a resource too", async () => {
    const { value } = await resolved(() => {
      const { clientId } = new mqtt.DeviceCredential("a", { instanceId: "post-cn-kit", clientId: login.clientId });
      const formats = pulumi.output(["json" as const]);
      const secrets = { username: pulumi.output(login.username), password: pulumi.secret(login.password) };
      return mqtt.connectionKit({ login: { clientId, ...secrets }, host, port: pulumi.output(18831), formats });
    });
    expect(Object.keys(value)).to.deep.equal(["connection.json"]);
    expect(JSON.parse(value["connection.json"] ?? "")).to.include({ ...login, port: 18831 });
  });

  it("is not known in a preview before the login is", async () => {
    let isKnown: unknown;
    await registrations(
      async () => {
        const password = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
        const kit = mqtt.connectionKit({ login: { ...login, password }, host });
        isKnown = await (kit as unknown as { isKnown: Promise<boolean> }).isKnown;
      },
      { preview: true },
    );
    expect(isKnown).to.equal(false);
  });

  it("fails with one line that names every fault and no secret", async () => {
    const found = await failureOf(async () => {
      const kit = mqtt.connectionKit({ login: { ...login, password: "planted\n" }, host });
      await (kit as unknown as { promise(): Promise<unknown> }).promise().catch(() => {});
    }, {});
    expect(found)
      .to.be.instanceOf(pulumi.RunError)
      .with.property("message")
      .that.matches(/^connectionKit for this program: login\.password holds a line break .*\. Correct it/)
      .and.does.not.contain("planted");
  });
});
