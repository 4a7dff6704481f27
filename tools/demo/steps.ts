import { expectHeld, expectHidden, expectShown } from "./expectations";
import type { Plant, Serials } from "./plant";
import type { Project } from "./project";

export interface Scene {
  readonly plant: Plant;
  readonly project: Project;
  /** The certificate that the gateway has connected with. */
  readonly gateway: Serials;
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
const before = { devices: [], certificates: ["active"] };
const declared = { devices: deviceIds.map(clientIdOf), certificates: ["active"] };
const drifted = { devices: kept.map(clientIdOf), certificates: ["inactive"] };
const empty = { devices: [], certificates: [] };

export const steps: readonly Step[] = [
  {
    title: "Review",
    story: "Preview shows what the stack would create. It sends no request to the service.",
    async play({ plant, project }) {
      const requests = await plant.requestCount();
      expectShown(await project.pulumi("preview"), "+ 5 to create");
      if ((await plant.requestCount()) !== requests) throw new Error("preview should send no request to the service");
      await expectHeld(plant, before);
    },
  },
  {
    title: "Apply",
    story:
      "Up registers a credential for each device and takes over the gateway's certificate. " +
      "The outputs are what the devices need to log in, with the passwords masked.",
    async play({ plant, project }) {
      const output = await project.pulumi("up", "--yes", "--skip-preview");
      expectShown(output, "+ 5 created", "password: [secret]");
      expectHidden(output, await expectHeld(plant, declared));
    },
  },
  {
    title: "Drift",
    story: "Somebody deregisters a device and inactivates the gateway's certificate, past Pulumi. Refresh shows both.",
    async play({ plant, project, gateway }) {
      await plant.deregister(clientIdOf(lost));
      await plant.inactivate(gateway);
      const output = await project.pulumi("refresh", "--preview-only", "--diff");
      expectShown(output, '~ status: "active" => "inactive"', `DeviceCredential::${lost}]`, "- 1 to delete");
      await expectHeld(plant, drifted);
    },
  },
  {
    title: "Repair",
    story: "The same up as before, with --refresh, makes the service as the program declares it.",
    async play({ plant, project }) {
      const output = await project.pulumi("up", "--refresh", "--yes", "--skip-preview");
      expectShown(output, "+ 1 created", "~ 1 updated");
      expectHidden(output, await expectHeld(plant, declared));
    },
  },
  {
    title: "Rotate",
    story:
      "A changed trigger issues new secrets in place. The fingerprints show that they are others, not what they are.",
    async play({ plant, project }) {
      const { secrets: olds } = await plant.holdings();
      await project.pulumi("config", "set", "rotation", "2");
      expectShown(await project.pulumi("preview", "--diff"), '~ rotation: "1" => "2"');
      // One at a time, or the engine mixes the lines of several resources.
      const output = await project.pulumi("up", "--yes", "--skip-preview", "--diff", "--parallel", "1");
      expectShown(output, "~ 3 updated", /~ secretFingerprint *: "\w{12}" => "\w{12}"/);
      const holdings = await expectHeld(plant, declared);
      expectHidden(output, holdings);
      for (const [clientId, secret] of holdings.secrets) {
        if (olds.get(clientId) === secret) throw new Error(`the secret of ${clientId} should be another one`);
      }
    },
  },
  {
    title: "Take down",
    story: "Destroy deregisters the devices and removes the certificate. Nothing of the stack is left in the service.",
    async play({ plant, project }) {
      expectShown(await project.pulumi("destroy", "--yes", "--skip-preview"), "- 5 deleted");
      await expectHeld(plant, empty);
    },
  },
];
