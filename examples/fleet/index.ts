import * as pulumi from "@pulumi/pulumi";
import * as mqtt from "pulumi-apsaramq-mqtt";

const config = new pulumi.Config();
const group = new mqtt.Group("sensors", { groupId: "GID_sensors" });

const sensors = new mqtt.DeviceCredentialFleet("sensors", {
  groupId: group.groupId,
  devices: ["line-1", "line-2", "line-3", "line-4", "line-5"],
  // A new secret for all when somebody says so: one first, then two by each `pulumi up`, as soon as those of the last
  // one have logged in again.
  rotationTriggers: { quarter: config.get("quarter") ?? "none yet" },
  rotation: { canary: 1, wave: 2, requireReconnect: "1d" },
  // How many devices one `pulumi up`, or a destroy, may take the login from: what is more is taken for a mistake.
  removal: { max: config.get("removalMax") ?? "5%" },
});

/** What each device logs in with. The passwords are secrets: `pulumi stack output --show-secrets` shows them. */
export const logins = sensors.logins;

/** How far a rotation has come, while there is one. */
export const rotating = sensors.rotating;
