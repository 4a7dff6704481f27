import { shellWord } from "../foundation/shellWord";
import type { DeviceLogin } from "../service/deviceLogin";
import type { Emulator } from "./emulator";

/** All that Pulumi, a device and a script need, for programs. */
export function readyLine(emulator: Emulator, data: string | undefined): string {
  const { endpoint, regionId, accessKeyId, accessKeySecret, instanceIds } = emulator;
  const { mqtt, mqtts, ws, caFile, page, devices } = emulator;
  const api = { endpoint, regionId, accessKeyId, accessKeySecret, instanceIds };
  return JSON.stringify({ ...api, mqtt, mqtts, ws, caFile, page, data: data ?? null, devices });
}

/** The same for people. */
export function readyText(emulator: Emulator, data: string | undefined): string {
  const { endpoint, regionId, accessKeyId, accessKeySecret, instanceIds } = emulator;
  const { mqtt, mqtts, ws, caFile, page, devices } = emulator;
  const [instanceId = "<instance id>"] = instanceIds;
  const aboutDevices =
    devices.length === 0
      ? "A device to try it with: --device GID_sensors@@@line-1"
      : devices.map(deviceText).join("\n\n");
  return `ApsaraMQ for MQTT emulator at ${endpoint}, instance ${instanceIds.join(", ")}
Page     ${page}
Devices  ${mqtt}, ${mqtts} (CA ${caFile}), ${ws}
State    ${data === undefined ? "in memory only, --data <folder> keeps it" : `kept in ${data}`}

${aboutDevices}

Point a Pulumi stack at it:
  pulumi config set apsaramq:endpoint ${endpoint}
  pulumi config set apsaramq:region ${shellWord(regionId)}
  pulumi config set apsaramq:instanceId ${shellWord(instanceId)}
  export ALIBABA_CLOUD_ACCESS_KEY_ID=${shellWord(accessKeyId)}
  export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${shellWord(accessKeySecret)}
or keep the key pair in the stack:
  pulumi config set alicloud:accessKey ${shellWord(accessKeyId)}
  pulumi config set alicloud:secretKey ${shellWord(accessKeySecret)} --secret

Ctrl+C ends it.`;
}

function deviceText({ clientId, username, password, mosquittoPub }: DeviceLogin): string {
  const tryIt = mosquittoPub === undefined ? "" : `\n  In another terminal:\n${mosquittoPub}`;
  return `Device ${clientId}
  user name  ${username}
  password   ${password}${tryIt}`;
}
