import { ReadResourceResponse, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { expect } from "chai";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as mqtt from "../../sdk";
import { registrations } from "./program";

const marker = "planted-marker";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: marker };
const values = { inside: { list: [secret, "also seen"] }, own: secret, plain: "seen" };
const shown = '{"inside":{"list":["[secret]","also seen"]},"own":"[secret]","plain":"seen"}';

/** As Pulumi's runtime writes answers into its debug messages. */
function texts(): string[] {
  const object = Struct.fromJavaScript(values);
  const registered = new RegisterResourceResponse().setUrn("urn").setId("id").setObject(object);
  return [`${registered}`, `${new ReadResourceResponse().setUrn("urn").setProperties(object)}`];
}

/** Whatever of the package a program constructs first. */
const constructors: Readonly<Record<string, () => unknown>> = {
  Provider: () => new mqtt.Provider("provider", { region: "cn-own" }),
  DeviceCredential: () => new mqtt.DeviceCredential("sensor", { instanceId: "post-cn-a", clientId: "GID_a@@@b" }),
  DeviceCertificate: () => mqtt.DeviceCertificate.get("gateway", "post-cn-a/01/02"),
};

describe("The engine's answers, as texts", () => {
  for (const [name, construct] of Object.entries(constructors)) {
    it(`hold no secret in a program with a ${name}`, async () => {
      await registrations(construct);
      expect(texts()).to.deep.equal([`urn,id,${shown}`, `urn,${shown}`]);
    });
  }

  it("still carry the secret to the program", () => {
    const response = new RegisterResourceResponse().setObject(Struct.fromJavaScript(values));
    const sent = RegisterResourceResponse.deserializeBinary(response.serializeBinary());
    expect(sent.getObject()?.toJavaScript()).to.deep.equal(values);
  });

  it("are texts when there is nothing in them", () => {
    expect(`${new RegisterResourceResponse()}${new ReadResourceResponse()}`).to.equal(",,{},{}");
  });
});
