// A CA whose gateways connect by certificate. Before the first `pulumi up`, with ca.pem and ca.key in this folder:
//
//   pulumi config set apsaramq:region cn-hangzhou
//   pulumi config set apsaramq:instanceId post-cn-...
//   export CA_PASSPHRASE=...                            # that of ca.key; needed once, to register the CA
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as mqtt from "pulumi-apsaramq-mqtt";

// Registered by answering the service's registration code with the key, which stays where it is. Destroying the stack
// takes the certificates of all gateways along only because `cascade` says so.
const ca = new mqtt.CaCertificate("plant", {
  caName: "plant",
  caContent: readFileSync(join(__dirname, "ca.pem"), "utf8"),
  verificationKeyFile: join(__dirname, "ca.key"),
  verificationPassphraseVariable: "CA_PASSPHRASE",
  status: "active",
  cascade: true,
});

// The certificates of all gateways that have connected, as one entry. Those that connect later are shown by
// `pulumi refresh`, and taken in by `pulumi up --refresh`.
const gateways = new mqtt.DeviceCertificateSet("gateways", { caSn: ca.caSn, deviceNames: ["gw-*"], status: "active" });

export const connected = gateways.devices;
export const caSn = ca.caSn;
export const caValidUntil = ca.validEnd;
