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

const group = new mqtt.Group("group", { groupId: "GID_kept", tags: { plant: "x" }, cascade: true });
const { groupId } = group;
const recipient =
  "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqp52zMlyt/de38rkMv5u\nspe0/Dd3TSM7zGuKsbARSP61Yh8fZFGI/5puz4dq9hrhkioq1EWvSTEVudUcUw1r\nRHGdLX42C2EWU1mOFdORr3f1MbhOHiIHSGuVGhP/wvyhymab0hgNq440NtdIq4sv\nxZ/nCkMiccjRZ5o0kzV4Fgzi5r5aghYTDJrnTkY7plMfE+R3fs/7lgGfMvTjNYHn\njpBxmRPD7nA6nUjf8VfdugDQ+cmRE19Me8PBoRJJSc6uJKaWJeOwwczEJCvKSi06\nTRlyWUQCA6VHJg0OQ5ukVlv05lkClP4ZP3JG3wngV3Qr73szZMclgG97oYmQD36/\n9wIDAQAB\n-----END PUBLIC KEY-----\n";
new mqtt.DeviceCredential("aging", { groupId, deviceId: "aging", rotateAfter: "3650d", ifRotatedOutside: "rotate" });
new mqtt.DeviceCredential("sealed", { groupId, deviceId: "sealed", secretMode: "sealed", recipient });
new mqtt.DeviceCredential("discarded", { groupId, deviceId: "discarded", secretMode: "discard" });
const caContent =
  "-----BEGIN CERTIFICATE-----\nMIIBNTCB3KADAgECAhEAsy/v1N3b1ZwvY7/iyncTojAKBggqhkjOPQQDAjASMRAw\nDgYDVQQDEwdMaW5lIENBMB4XDTIwMDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFow\nEjEQMA4GA1UEAxMHTGluZSBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLSH\nRaSUOZQOE1Ia28ZF+MFBk3gShJDr7IeBbOcuobb4FULnLHWVWIazUfc0z8x3ley+\nQdIA542Ny7TATvyH3qOjEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID\nSAAwRQIhANVsBVJxodPdPdD5Je7zRotbTzzHnUCaB1BAqWCce5kqAiAy5cvYnF1a\nvRiRX7QlID4Os3W3vPdzm2fM7AYmmB5IlA==\n-----END CERTIFICATE-----";
new mqtt.CaCertificate("line", {
  caName: "line",
  caContent,
  ifExists: "adopt",
  status: "active",
  deletionPolicy: "inactivate",
});
new mqtt.DeviceCertificateSet("others", { caSn, deviceNames: ["other*"], status: "active" });
new mqtt.CustomAuthIdentity("user", { username: "user", signMode: "ORIGIN" });
new mqtt.CustomAuthIdentity("client", {
  username: "user",
  clientId: "c-1",
  signMode: "SIGNED",
  secret: "a-secret-of-the-fixture",
});
new mqtt.CustomAuthPermission("may", { username: "user", topic: "demo/#", permitAction: "PUB_SUB", effect: "ALLOW" });
new mqtt.DeviceCredentialFleet("fleet", {
  groupId,
  devices: { one: {}, two: { rotationTriggers: { case: "open" } }, "GID_line@@@three": {} },
  ifExists: "adopt",
  rotation: { rotateAfter: "3650d", wave: 1, canary: "1%", requireReconnect: "1h" },
  removal: { max: 1, online: "warn" },
});
new mqtt.CustomAuthConnectBlack("black", { clientId: "GID_line@@@black" });
