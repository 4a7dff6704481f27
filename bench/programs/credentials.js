// N device credentials in one group.
const pulumi = require("@pulumi/pulumi");
const { DeviceCredential } = require("pulumi-apsaramq-mqtt");

const config = new pulumi.Config();
const instanceId = config.require("instanceId");
const groupId = config.require("groupId");

for (let index = 0; index < config.requireNumber("count"); index++) {
  new DeviceCredential(`device-${index}`, { instanceId, groupId, deviceId: `device-${index}` });
}
