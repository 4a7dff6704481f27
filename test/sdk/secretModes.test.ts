import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { registrations } from "./program";

/** Takes a login; what is not there in some mode must not compile. */
const handOn = (password: pulumi.Input<string>) => password;
const clientId = "GID_line@@@a";

describe("The secret outputs of a DeviceCredential", () => {
  it("have the type that follows from the secret mode", async () => {
    const open = pulumi.output<"state">("state");
    const any = "discard" as "state" | "discard";
    await registrations(() => {
      handOn(new mqtt.DeviceCredential("default", { clientId }).mqttPassword);
      handOn(new mqtt.DeviceCredential("open", { clientId, secretMode: open }).deviceAccessKeySecret);
      handOn(mqtt.DeviceCredential.get("read", "an/id").mqttPassword);
      // @ts-expect-error: nothing is there.
      handOn(new mqtt.DeviceCredential("discarded", { clientId, secretMode: "discard" }).mqttPassword);
      // @ts-expect-error: nothing may be there.
      handOn(new mqtt.DeviceCredential("any", { clientId, secretMode: any }).deviceAccessKeySecret);
    });
  });

  it("may be there where the mode is not known to the compiler", async () => {
    const args: mqtt.DeviceCredentialArgs = { clientId, secretMode: "state" };
    let password: pulumi.Output<string | undefined> | undefined;
    await registrations(() => {
      password = new mqtt.DeviceCredential("general", args).mqttPassword;
    });
    expect(pulumi.Output.isInstance(password)).to.equal(true);
  });
});
