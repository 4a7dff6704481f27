const mqtt = require("pulumi-apsaramq-mqtt");
const deviceIds = require("./devices.json");

const meters = new mqtt.Group("meters", { groupId: "GID_meters" });

// A name follows from the device alone, not from its place in the list: so a line that is added or taken out is one
// device that comes or goes.
const devices = deviceIds.map((deviceId) => {
  return new mqtt.DeviceCredential(deviceId, { groupId: meters.groupId, deviceId });
});

exports.clientIds = devices.map(({ clientId }) => clientId);
