// Registers N devices by the vendor's client, so many calls a second, and does nothing else.
const { VendorClient } = require("../../tools/emulator/vendorClient");

const { endpoint, accessKeyId, accessKeySecret, instanceId, groupId, count, rate } = JSON.parse(
  process.argv[2] ?? "{}",
);
const client = new VendorClient(endpoint, { accessKeyId, accessKeySecret });
const startedAt = Date.now();

/** @param {number} index */
async function register(index) {
  await new Promise((resolve) => setTimeout(resolve, startedAt + (index * 1000) / rate - Date.now()));
  await client.call("RegisterDeviceCredential", { InstanceId: instanceId, ClientId: `${groupId}@@@device-${index}` });
}

Promise.all(Array.from({ length: count }, (_, index) => register(index))).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
