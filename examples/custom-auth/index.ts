import * as mqtt from "pulumi-apsaramq-mqtt";

// Any number of meters log in as `meter`, each with its own client id, which it signs with the secret.
const meter = new mqtt.CustomAuthIdentity("meter", { username: "meter", signMode: "SIGNED" });
new mqtt.CustomAuthPermission("meters-report", {
  username: meter.username,
  topic: "demo/meters/#",
  permitAction: "PUB",
  effect: "ALLOW",
});

// One client id, and no other, logs in as `dashboard`: so its password is known here.
const dashboard = new mqtt.CustomAuthIdentity("dashboard", {
  username: "dashboard",
  clientId: "dashboard-1",
  signMode: "SIGNED",
});
new mqtt.CustomAuthPermission("dashboard-listens", {
  username: dashboard.username,
  topic: "demo/meters/#",
  permitAction: "SUB",
  effect: "ALLOW",
});

// A meter that was stolen does not get in, whatever it knows.
new mqtt.CustomAuthConnectBlack("stolen", { clientId: "meter-17" });

export const meterSecret = meter.activeSecret;
export const dashboardPassword = dashboard.mqttPassword;
