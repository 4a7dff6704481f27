const mqtt = require("pulumi-apsaramq-mqtt");

const caSn = "00b32fefd4dddbd59c2f63bfe2ca7713a2";

new mqtt.DeviceCredential("a", { groupId: "GID_line", deviceId: "a", rotationTriggers: { quarter: "1" } });
new mqtt.DeviceCredential("adopted", { clientId: "GID_line@@@adopted", ifExists: "adopt", closeConnection: true });
new mqtt.DeviceCertificate("gw-1", {
  caSn,
  deviceSn: "63261106d0200bda59d2ddf548364e42",
  status: "inactive",
  deletionPolicy: "inactivate",
});
const provider = new mqtt.Provider("own", { maxRequestsPerSecond: 50, instanceId: "post-cn-emulator01" });
new mqtt.DeviceCertificate(
  "gw-2",
  { caSn, deviceSn: "00832136332321045a6c3fdc57ad7f80a0", awaitRegistration: "1m" },
  { provider },
);
