import * as pulumi from "@pulumi/pulumi";
import * as mqtt from "pulumi-apsaramq-mqtt";

const config = new pulumi.Config();
const group = new mqtt.Group("meters", { groupId: "GID_meters" });

// A new secret whenever somebody says so: `pulumi config set quarter 2027-Q2`.
const byTrigger = new mqtt.DeviceCredential("by-trigger", {
  groupId: group.groupId,
  deviceId: "by-trigger",
  rotationTriggers: { quarter: config.require("quarter") },
});

// A new secret by the first `pulumi up` after this age, whoever runs it. Preview says so from that day on.
const byAge = new mqtt.DeviceCredential("by-age", {
  groupId: group.groupId,
  deviceId: "by-age",
  rotateAfter: "90d",
});

/** They tell one secret from the next, and nothing of what it is. */
export const fingerprints = { byTrigger: byTrigger.secretFingerprint, byAge: byAge.secretFingerprint };
export const nextRotation = byAge.nextRotation;
