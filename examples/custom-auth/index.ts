// Clients that log in with a username of their own. Before the first `pulumi up`:
//
//   pulumi config set apsaramq:region cn-hangzhou
//   pulumi config set apsaramq:instanceId post-cn-...   # Professional or Platinum
import * as mqtt from "pulumi-apsaramq-mqtt";

const meter = new mqtt.CustomAuthIdentity("meter", { username: "meter", signMode: "SIGNED" });
new mqtt.CustomAuthPermission("meters-report", {
  username: meter.username,
  topic: "demo/meters/#",
  permitAction: "PUB",
  effect: "ALLOW",
});
new mqtt.CustomAuthConnectBlack("stolen", { clientId: "GID_meters@@@m-17" });

/** Clients sign their client id with it. */
export const secret = meter.activeSecret;
