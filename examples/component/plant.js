import * as pulumi from "@pulumi/pulumi";
import * as mqtt from "pulumi-apsaramq-mqtt";

/** A plant: a group of devices, the credentials of its sensors, and those who may not connect any more. */
export class Plant extends pulumi.ComponentResource {
  /**
   * @param {string} name part of the names of all that it makes, so that a program may have several plants
   * @param {{ readonly sensors: readonly string[], readonly blocked?: readonly string[] }} args
   * @param {pulumi.ComponentResourceOptions} [opts]
   */
  constructor(name, { sensors, blocked = [] }, opts) {
    super("examples:plant:Plant", name, {}, opts);
    // The parent hands its provider on: a plant in another region is the same with { provider }.
    const ours = { parent: this };
    const { groupId } = new mqtt.Group(name, { groupId: `GID_${name}` }, ours);
    const credentials = sensors.map((deviceId) => {
      return new mqtt.DeviceCredential(`${name}-${deviceId}`, { groupId, deviceId }, ours);
    });
    for (const deviceId of blocked) {
      const clientId = pulumi.interpolate`${groupId}@@@${deviceId}`;
      new mqtt.CustomAuthConnectBlack(`${name}-${deviceId}`, { clientId }, ours);
    }

    /** Secret, because the passwords are: what each sensor logs in with. */
    this.logins = credentials.map(({ clientId, mqttUsername, mqttPassword }) => {
      return { clientId, username: mqttUsername, password: mqttPassword };
    });
    this.registerOutputs({ logins: this.logins });
  }
}
