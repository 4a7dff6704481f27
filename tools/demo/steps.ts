import { expectHeard, expectLogins } from "./devices";
import { expectHeld, expectHidden, expectShown } from "./expectations";
import type { Gateway, Plant } from "./plant";
import type { Project } from "./project";

export interface Scene {
  readonly plant: Plant;
  readonly project: Project;
  readonly gateway: Gateway;
}

export interface Story {
  readonly title: string;
  /** What happens and why, in a sentence or two. */
  readonly story: string;
}

/** One step of the demo. It fails by throwing: what the CLI shows and what the service holds are both checked. */
export interface Step extends Story {
  readonly play: (scene: Scene) => Promise<void>;
}

export const groupId = "GID_sensors";
export const deviceIds = ["line-1", "line-2", "line-3"];

const [lost = "", ...kept] = deviceIds;
const clientIdOf = (deviceId: string) => `${groupId}@@@${deviceId}`;
const refused = "refused as a bad user name or password";

const setUp = { groups: 1, cas: 1, devices: [], certificates: [] };
const declared = { ...setUp, devices: deviceIds.map(clientIdOf), certificates: ["active"] };
const drifted = { ...setUp, devices: kept.map(clientIdOf), certificates: ["inactive"] };
const destroyed = { ...setUp, certificates: ["inactive"] };
const empty = { groups: 0, cas: 0, devices: [], certificates: [] };

export const steps: readonly Step[] = [
  {
    title: "Review",
    story: "Preview shows what the stack would create. It sends no request to the service.",
    async play({ plant, project }) {
      const requests = await plant.requestCount();
      expectShown(await project.pulumi("preview"), "+ 5 to create");
      if ((await plant.requestCount()) !== requests) throw new Error("preview should send no request to the service");
      await expectHeld(plant, setUp);
    },
  },
  {
    title: "Apply",
    story:
      "Up registers a credential for each device. A certificate is registered by nothing but its first connection, so " +
      "up waits for it. The gateway connects, and up takes the certificate over. In the outputs passwords are masked.",
    async play({ plant, project, gateway }) {
      const firstConnection = {
        shown: "waiting for the device's first connection",
        act: () => expectLogins("let in", gateway),
      };
      const output = await project.pulumiMeanwhile(firstConnection, "up", "--yes", "--skip-preview");
      expectShown(output, "+ 5 created", "password: [secret]");
      expectHidden(output, await expectHeld(plant, declared));
    },
  },
  {
    title: "Connect",
    story:
      "The devices log in with the stack's outputs, by a real MQTT client (MQTT.js), and the gateway hears what they publish.",
    async play({ plant, project, gateway }) {
      await expectHeard(gateway, plant.sensors(await project.logins(), "its login"));
    },
  },
  {
    title: "Drift",
    story:
      "Somebody deregisters a device and inactivates the gateway's certificate, past Pulumi, which locks the gateway out. " +
      "Refresh shows both.",
    async play({ plant, project, gateway }) {
      await plant.deregister(clientIdOf(lost));
      await plant.inactivate(gateway.serials);
      await expectLogins("cut off", gateway);
      const output = await project.pulumi("refresh", "--preview-only", "--diff");
      expectShown(output, '~ status: "active" => "inactive"', `DeviceCredential::${lost}]`, "- 1 to delete");
      await expectHeld(plant, drifted);
    },
  },
  {
    title: "Repair",
    story: "The same up as before, with --refresh, makes the service as the program declares it.",
    async play({ plant, project, gateway }) {
      const output = await project.pulumi("up", "--refresh", "--yes", "--skip-preview");
      expectShown(output, "+ 1 created", "~ 1 updated");
      expectHidden(output, await expectHeld(plant, declared));
      await expectLogins("let in", gateway);
    },
  },
  {
    title: "Rotate",
    story:
      "A changed trigger issues new secrets in place. The fingerprints show that they are others, not what they are. " +
      "From then on the devices get in with their new passwords only.",
    async play({ plant, project }) {
      const { secrets: olds } = await plant.holdings();
      const oldLogins = await project.logins();
      await project.pulumi("config", "set", "rotation", "2");
      expectShown(await project.pulumi("preview", "--diff"), '~ rotation: "1" => "2"');
      // One at a time, or the engine mixes the lines of several resources.
      const output = await project.pulumi("up", "--yes", "--skip-preview", "--diff", "--parallel", "1");
      expectShown(output, "~ 3 updated", /~ secretFingerprint *: "\w{12}" => "\w{12}"/);
      const holdings = await expectHeld(plant, declared);
      const newLogins = await project.logins();
      expectHidden(output, holdings, [...oldLogins, ...newLogins]);
      for (const [clientId, secret] of holdings.secrets) {
        if (olds.get(clientId) === secret) throw new Error(`the secret of ${clientId} should be another one`);
      }
      await expectLogins(refused, ...plant.sensors(oldLogins, "its old login"));
      await expectLogins("let in", ...plant.sensors(newLogins, "its new login"));
    },
  },
  {
    title: "Take down",
    story:
      "Destroy deregisters the devices and inactivates the gateway's certificate: nobody gets in any more. The inactive " +
      "record stays, as the program's deletionPolicy says: if it were deleted, the gateway would register itself anew.",
    async play({ plant, project, gateway }) {
      const sensors = plant.sensors(await project.logins(), "its login");
      expectShown(await project.pulumi("destroy", "--yes", "--skip-preview"), "- 5 deleted");
      await expectHeld(plant, destroyed);
      await expectLogins(refused, ...sensors);
      await expectLogins("cut off", gateway);
    },
  },
  {
    title: "Clear",
    story:
      "The group and the CA are the administrator's, not the stack's. Deleting the CA also deletes the certificates that it " +
      "has issued, and a gateway whose CA the service does not know stays out: the service is empty.",
    async play({ plant, gateway }) {
      await plant.clear(groupId, gateway.serials);
      await expectLogins("cut off", gateway);
      await expectHeld(plant, empty);
    },
  },
];
