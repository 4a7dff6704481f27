import { deviceCredential } from "../../kinds/deviceCredential";
import { fleetDefaults, deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { isKnown, same } from "../../kinds/fields";
import { clientIdOf, clientIdsOf, fingerprintsIn, nameOf } from "../../kinds/fleetDevices";
import { counted, firstOf } from "../../kinds/words";
import type { ForeseenCall, Kind, Terms } from "../kind";
import { cannotWait, overBudget } from "./fleetGuard";
import { openNotes } from "./fleetNotes";
import { devicesIn, observeFleet } from "./fleetObservation";
import { changeOf, type GivenInputs, isDeclaredElsewhere, type PlannedWave, waveOf, waveText } from "./fleetPlan";
import { type Device, fleetText, groupsOf, hasStrays, heldDevices, type Inputs, names, type State } from "./fleetState";
import { removeFleet, updateFleet } from "./fleetUpdate";
import { each, policyOf } from "./foresight";
import { openParts } from "./openParts";

/** The credentials of many devices as one entry, each worked on as a DeviceCredential is. */
export const deviceCredentialFleet: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> =
  {
    outline,

    inventory: {
      of: "group",
      async list(run, group) {
        const clientIds = await run.service.credentials.clientIdsIn(group, Number.POSITIVE_INFINITY);
        const devices = devicesIn(clientIds, group.groupId);
        return clientIds.length === 0 ? [] : [{ ...group, fleetName: fleetDefaults.fleetName, devices }];
      },
    },

    members(known) {
      const { instanceId, groupId, devices = {}, secretFingerprints } = known;
      const fingerprints = fingerprintsIn(secretFingerprints);
      const open = openParts(known);
      return [...new Set([...Object.keys(devices), ...open.keys()])].map((name) => {
        const secretFingerprint = fingerprints.get(name);
        return {
          outline: deviceCredential,
          known: {
            instanceId,
            clientId: clientIdOf(name, groupId) ?? name,
            ...(secretFingerprint && { secretFingerprint }),
          },
          isNew: open.has(name) && secretFingerprint === undefined,
          open: open.get(name),
        };
      });
    },

    withoutSecrets(known) {
      const open = openParts(known);
      const devices = Object.entries(known.devices ?? {}).filter(([name]) => !open.has(name));
      return { ...known, devices: Object.fromEntries(devices) };
    },

    isPending: (known, run) =>
      [known.failed, known.pending, known.unsettled, known.rotatedOutside].some(
        (open) => open !== undefined && Object.keys(open).length > 0,
      ) ||
      hasStrays(known) ||
      openNotes(run, known, known).size > 0,

    faults(run, inputs) {
      const unable = cannotWait(run, inputs);
      return unable ? [{ path: "", fault: `${unable.problem}. ${unable.advice}` }] : [];
    },

    refusal(run, inputs, known) {
      const unable = cannotWait(run, inputs);
      if (unable || same(known.devices, inputs.devices)) {
        return unable;
      }
      const change = changeOf(inputs, known);
      const going = change?.leaving.filter((device) => !isDeclaredElsewhere(run, device.known));
      return change && going && isKnown(inputs.removal)
        ? overBudget(given(inputs), change.held.length, going)
        : undefined;
    },

    foretell(run, inputs, known) {
      const noted = [...openNotes(run, known, known).keys()].map((clientId) => nameOf(clientId, known.groupId));
      const planned = waveOf(run, inputs, known);
      const told = [
        ...(noted.length > 0
          ? [
              `what became of ${counted(noted.length, "device")} in a run that did not end is looked up first: ${firstOf(noted)}`,
            ]
          : []),
        ...(planned ? [waveText(planned)] : []),
      ];
      return told.length > 0 ? `${fleetText(given(inputs))}: ${told.join("; ")}.` : undefined;
    },

    foresight: {
      create(inputs, terms, existing) {
        const change = changeOf(inputs, {});
        const policy = policyOf(inputs.ifExists, terms);
        if (!change) {
          return { deed: existing ? ofFound[policy] : "registered", text: unknownDevices, calls: [] };
        }
        const known = { ...Object.fromEntries(fingerprintsIn(existing?.secretFingerprints)), ...existing?.devices };
        const there = clientIdsOf(known, inputs.groupId);
        const found = change.joining.filter(({ clientId }) => there.has(clientId));
        const rotated = policy === "rotate" ? found.map(({ clientId }) => clientId) : [];
        const fresh = change.joining.length - found.length;
        const told = [
          ...(fresh > 0 ? [`${counted(fresh, "device is", "devices are")} registered`] : []),
          ...(found.length > 0
            ? [`${counted(found.length, "has", "have")} a credential already: ${names(found)}`]
            : []),
        ];
        return {
          deed: found.length > 0 && (policy !== "adopt" || fresh === 0) ? ofFound[policy] : "registered",
          text: told.join("; "),
          ...(rotated.length > 0 && { rotates: rotated.length, loses: rotated }),
          calls: [
            ...registrations(inputs, fresh, groupsIn(inputs, change.joining)),
            ...each("GetDeviceCredential", policy === "fail" ? 0 : found.length),
            // One by one, as each is found.
            ...rotated.flatMap(() => sessions(given(inputs), 1)),
            ...each("RefreshDeviceCredential", rotated.length),
          ],
        };
      },
      update(inputs, known, terms) {
        const change = changeOf(inputs, known);
        const planned = waveOf(terms, inputs, known);
        if (!change) {
          return { deed: "kept", text: unknownDevices, mayRotate: true, calls: [] };
        }
        const { held, joining, leaving: others, open } = change;
        const { staying, going: leaving } = parted(others, known, terms);
        const fleet = given(inputs, known);
        if (overBudget(fleet, held.length, leaving)) {
          return {
            deed: "refused",
            text: `more devices leave it than removal.max allows: ${names(leaving)}`,
            calls: [],
          };
        }
        const isWave = planned !== undefined && planned.stopped === undefined;
        const waiting = planned?.awaited.length ?? 0;
        const size = isWave ? Math.min(planned.wave.size, planned.rotating.pending?.length ?? 0) : 0;
        // Whether enough of the last wave are back nobody can tell yet.
        const isOpen = waiting > 0;
        const rotated = isOpen ? 0 : size;
        const isGuarded = fleet.rotation?.requireReconnect === undefined && !fleet.rotation?.skipOnline;
        const told = [
          ...(joining.length > 0
            ? [`${counted(joining.length, "device is", "devices are")} registered: ${names(joining)}`]
            : []),
          ...(leaving.length > 0 ? [`${counted(leaving.length, "is", "are")} deregistered: ${names(leaving)}`] : []),
          ...(staying.length > 0
            ? [
                `${counted(staying.length, "stays", "stay")}, as something else in the program stands for them: ${names(staying)}`,
              ]
            : []),
          ...(planned ? [waveText(planned)] : []),
        ];
        return {
          deed:
            leaving.length > 0 ? "deregistered" : rotated > 0 ? "rotated" : joining.length > 0 ? "registered" : "kept",
          ...(told.length > 0 && { text: told.join("; ") }),
          mayRotate: isOpen ? size : !isKnown([inputs.rotationTriggers, inputs.rotation]) || isDueUnseen(terms, known),
          rotates: rotated,
          removes: leaving.length,
          loses: [...leaving.map(({ clientId }) => clientId), ...rotatedOf(planned, held)],
          calls: [
            ...each("GetDeviceCredential", open.length),
            ...(joining.length > 0 ? registrations(inputs, joining.length, groupsIn(inputs, joining)) : []),
            ...sessions(fleet, leaving.length),
            ...each("UnRegisterDeviceCredential", leaving.length),
            ...each("QueryMqttTraceDevice", isWave && isOpen ? waiting : 0),
            ...(isGuarded ? sessions(fleet, rotated) : []),
            ...each("RefreshDeviceCredential", rotated),
          ],
        };
      },
      remove(known, _along, terms) {
        const all = [...heldDevices(known).values()];
        const { going } = parted(all, known, terms);
        const refusal = overBudget(known, all.length, going);
        return {
          deed: refusal ? "refused" : "deregistered",
          text: counted(going.length, "device"),
          removes: refusal ? 0 : going.length,
          loses: going.map(({ clientId }) => clientId),
          calls: refusal
            ? []
            : [
                ...sessions(known, going.length),
                ...each("UnRegisterDeviceCredential", going.length),
                ...each("CloseConnection", known.closeConnection ? going.length : 0),
              ],
        };
      },
    },

    observe: observeFleet,
    create: (run, inputs, _replaced, entry) => updateFleet(run, inputs, {}, entry),
    update: updateFleet,
    remove: (run, at, known) => removeFleet(run, { devices: {}, ...known, ...at }, known),
  };

const unknownDevices = "which devices it has is not known before apply";

/** What becomes of devices that have a credential already, by `ifExists`. */
const ofFound = { fail: "refused", adopt: "adopted", rotate: "rotated" } as const;

/** Devices that leave a fleet: those that stay in the service, as something else stands for them, and the others. */
function parted(leaving: readonly Device[], { instanceId = "" }: State, { isDeclaredElsewhere: isElsewhere }: Terms) {
  const stays = ({ clientId }: Device) => isElsewhere({ instanceId, clientId });
  return { staying: leaving.filter(stays), going: leaving.filter((device) => !stays(device)) };
}

/** Whether secrets are due by their age where state shows of none when it was issued, as in a preview. */
function isDueUnseen({ begunAt }: Terms, { nextRotation, credentials }: State): boolean {
  const isShown = credentials?.includes(" ") === true;
  return !isShown && nextRotation !== undefined && nextRotation <= begunAt;
}

/** The client ids of a wave's devices. */
function rotatedOf(planned: PlannedWave | undefined, held: readonly Device[]): string[] {
  const some = new Set(planned?.stopped ? [] : planned?.rotating.pending?.slice(0, planned.wave.size));
  return held.filter(({ name }) => some.has(name)).map(({ clientId }) => clientId);
}

/** The inputs that are known before apply; in place of the others what state says. */
function given(inputs: GivenInputs, state: State = {}): Partial<Inputs> {
  const unknown = Object.entries(inputs).filter(([, value]) => !isKnown(value));
  const asBefore = Object.fromEntries(unknown.map(([name]) => [name, state[name as keyof State]]));
  return { ...inputs, ...asBefore } as Partial<Inputs>;
}

function groupsIn({ instanceId }: GivenInputs, devices: readonly { readonly clientId: string }[]): number {
  return groupsOf(
    String(instanceId),
    devices.map(({ clientId }) => clientId),
  ).length;
}

function registrations({ createGuard }: GivenInputs, count: number, groups: number): ForeseenCall[] {
  if (createGuard !== "get") {
    return [...each("ListDeviceCredentialClientId", groups), ...each("RegisterDeviceCredential", count)];
  }
  const looks = each("GetDeviceCredential", count);
  return [
    ...looks.map((call) => ({ ...call, isMiss: true as const })),
    ...each("RegisterDeviceCredential", count),
    ...looks,
  ];
}

function sessions({ removal }: Partial<State>, count: number): ForeseenCall[] {
  return (removal?.online ?? fleetDefaults.online) === "allow"
    ? []
    : each("BatchQuerySessionByClientIds", Math.ceil(count / 10));
}
