import { groupIdOf } from "../../kinds/clientId";
import { MqttProviderError } from "../errors";
import type { Sighted } from "../service/listing";
import type { State as Credential } from "./credentialState";
import { createCredential } from "./credentialWork";
import { guardOnline } from "./fleetGuard";
import { whileNoted } from "./fleetNotes";
import { type Device, fleetText, groupsOf, type Inputs } from "./fleetState";
import { type FleetWork, noted } from "./fleetWork";

/** How long a block of registrations is to take: the service's listing, which it relies on, counts for five seconds. */
const blockMs = 4_800;
/** The same after a walk that took most of that time: then each device is looked up. */
const lookedUpMs = 30_000;
/** How many devices a second are expected to be registered in the first block, where no limit says so. */
const unlimitedPace = 100;

/** Registers those that join, in blocks: before each of them the listings of their groups are walked. */
export async function registerInBlocks(work: FleetWork, devices: readonly Device[]): Promise<void> {
  const { run, fleet, owner } = work;
  const all = { all: devices.length, begunAt: run.now() };
  const walks = fleet.createGuard !== "get";
  let perMs = (run.settings.maxRequestsPerSecond || unlimitedPace) / 1_000;
  for (let before = 0; before < devices.length; ) {
    const next = (withinMs: number) => devices.slice(before, before + Math.max(1, Math.floor(perMs * withinMs)));
    try {
      run.signal.throwIfAborted();
      const sightings = walks ? await lookAtGroups(work, next(blockMs)) : new Map<string, Sighted>();
      const begunAt = run.now();
      const ageMs = begunAt - Math.min(begunAt, ...[...sightings.values()].map(({ at }) => at));
      // To walk a very large group for each block takes more calls than to look up each device right before; a walk that
      // was slow for once is soon tried again.
      const lastsMs = ageMs <= blockMs / 2 ? blockMs - ageMs : lookedUpMs;
      const block = walks ? next(lastsMs) : devices.slice(before);
      const sightedOf = ({ clientId }: Device) => sightings.get(groupIdOf(clientId));
      let latestTookMs = 0;
      const isOver = () => run.now() + latestTookMs > begunAt + lastsMs;
      const { untried, begun } = await whileNoted(run, fleet, owner, "RegisterDeviceCredential", (note) => {
        const one = async (device: Device) => {
          const since = run.now();
          const after = await registerOne(work, device, sightedOf(device), () => note(device));
          latestTookMs = run.now() - since;
          return after;
        };
        return work.each(block, "registered", one, { ...all, before }, walks ? isOver : undefined);
      });
      before += begun + untried.length;
      if (untried.length === 0) {
        perMs = begun / Math.max(run.now() - begunAt, 1);
        continue;
      }
    } catch (error) {
      work.causes.push(error);
    }
    work.postpone(devices.slice(before));
    return;
  }
}

/** What the groups of some devices hold, by their ids. */
export async function lookAtGroups(
  { run, fleet }: FleetWork,
  devices: readonly Device[],
): Promise<ReadonlyMap<string, Sighted>> {
  const groups = groupsOf(
    fleet.instanceId,
    devices.map(({ clientId }) => clientId),
  );
  const sighted = await Promise.all(groups.map((group) => run.service.credentials.sighted(group)));
  return new Map(
    groups
      .map(({ groupId }, index) => [groupId, sighted[index]] as const)
      .flatMap(([id, one]) => (one ? [[id, one]] : [])),
  );
}

function registerOne(
  work: FleetWork,
  device: Device,
  sighted: Sighted | undefined,
  registers: () => void,
): Promise<Credential> {
  const { run, fleet } = work;
  const isThere = sighted?.has(device.clientId);
  if (isThere && (fleet.ifExists ?? run.settings.ifExists) === "fail") {
    throw hasOneAlready(fleet, device);
  }
  const absentAt = sighted?.at ?? Number.NEGATIVE_INFINITY;
  const guard = fleet.createGuard === "get" || isThere ? "get" : { absentAt };
  const beforeTakeOver = () => guardOnline(run, fleet, [device], "takeOver");
  return createCredential(run, work.inputsOf(device), undefined, { ...noted, guard, registers, beforeTakeOver });
}

function hasOneAlready(fleet: Inputs, { clientId }: Device): MqttProviderError {
  return new MqttProviderError({
    kind: "Conflict",
    action: "Create",
    object: `${clientId} on instance ${fleet.instanceId}`,
    problem: "the device has a credential already",
    advice: `Registering again would replace its secret and lock the device out. To take it over with its secret set ifExists of ${fleetText(fleet)} to "adopt", to issue a new secret "rotate"; \`pulumi config set apsaramq:ifExists adopt\` does so for the whole stack`,
  });
}
