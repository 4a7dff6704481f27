// One fleet of N devices.
const pulumi = require("@pulumi/pulumi");
const { DeviceCredentialFleet } = require("pulumi-apsaramq-mqtt");

const config = new pulumi.Config();

new DeviceCredentialFleet("fleet", {
  groupId: config.require("groupId"),
  devices: Array.from({ length: config.requireNumber("count") }, (_, index) => `device-${index}`),
  removal: { max: "100%", online: "allow" },
});
