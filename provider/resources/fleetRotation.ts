import { timeMs, timeText } from "../../kinds/duration";
import { counted } from "../../kinds/words";
import { MqttProviderError } from "../errors";
import { forAll } from "./batch";
import { updateCredential, type Ways } from "./credentialWork";
import { guardOnline, onlineOf } from "./fleetGuard";
import { whileNoted } from "./fleetNotes";
import { type Device, type Devices, names, type Rotating, type State } from "./fleetState";
import { awaited, nextWave, plannedRotation, stopOf, verdictOn, type Wave, withReplaced } from "./fleetWaves";
import type { FleetWork } from "./fleetWork";

/**
 * Does the next wave of a rotation, if there is one and nothing speaks against it. Gives what is left of the rotation.
 * Those that have joined just now have a new secret as it is.
 */
export async function rotateWave(
  work: FleetWork,
  state: State,
  joined: readonly Device[],
  ways: Ways,
): Promise<Rotating | undefined> {
  const { run, fleet, before } = work;
  const { rotation = {} } = fleet;
  const isJoined = new Set(joined.map(({ clientId }) => clientId));
  const staying = new Map([...before].filter(([clientId]) => !isJoined.has(clientId)));
  const found = plannedRotation(run, fleet, state, () => staying);
  const planned = stillOpen(work, found);
  // What has ended other work before its end would end a wave as well.
  if (!planned || rotation.pause || run.signal.aborted || work.pending.length > 0) {
    return planned;
  }
  const stopped = stopOf(planned, rotation);
  if (stopped) {
    work.causes.push(isStopped(work, stopped));
    return planned;
  }
  const { stopped: _stopped, resume: _resume, ...resumed } = planned;
  const last = awaited(planned, rotation);
  const checked =
    last.length > 0
      ? await afterLastWave(work, resumed, last)
      : { rotating: planned.unfinished ? resumed : { ...resumed, waiting: [] }, goesOn: true };
  if (!checked.goesOn) {
    return checked.rotating;
  }
  const { pending = [] } = checked.rotating;
  if (pending.length === 0) {
    run.log.info(`${work.text}: the rotation is done.`);
    return undefined;
  }
  return doWave(work, checked.rotating, ways);
}

/** A rotation without the devices that turned out to have got their new secret by a run that was killed. */
function stillOpen({ run, devices, before }: FleetWork, planned: Rotating | undefined): Rotating | undefined {
  if (!planned) {
    return undefined;
  }
  const byName = devicesByName(devices);
  const isReplaced = (name: string) => {
    const device = byName.get(name);
    const was = device && before.get(device.clientId)?.known.secretFingerprint;
    return was !== undefined && device?.known.secretFingerprint !== was;
  };
  const rotating = withReplaced(planned, new Set(planned.pending?.filter(isReplaced)), run.wallClock());
  return rotating.pending?.length || rotating.waiting?.length ? rotating : undefined;
}

function devicesByName(devices: Devices): ReadonlyMap<string, Device> {
  return new Map([...devices.values()].map((device) => [device.name, device]));
}

/** Asks which devices of the last wave have logged in again, and whether that is enough to go on. */
async function afterLastWave(
  work: FleetWork,
  rotating: Rotating,
  awaitedNames: readonly string[],
): Promise<{ readonly rotating: Rotating; readonly goesOn: boolean }> {
  const { run, fleet, text } = work;
  const { rotation = {} } = fleet;
  const byName = devicesByName(work.devices);
  const last = awaitedNames.flatMap((name) => byName.get(name) ?? []);
  const seen = new Set<string>();
  const { failed, untried } = await forAll(run, last, {
    object: text,
    done: "asked for logins",
    of: async ({ name, clientId, known: { updateTime = "" } }) => {
      const device = { instanceId: fleet.instanceId, clientId };
      if (await run.service.sessions.hasLoggedIn(device, timeMs(updateTime), run.wallClock())) {
        seen.add(name);
      }
    },
  });
  work.causes.push(...failed.slice(0, 1).map(({ error }) => error));
  const missing = last.filter(({ name }) => !seen.has(name));
  const waiting = missing.map(({ name }) => name);
  const { lastWave = 0 } = rotating;
  const all = counted(lastWave, "device of the last wave has", "devices of the last wave have");
  const share = `${lastWave - waiting.length} of ${all} logged in again`;
  switch (failed.length + untried.length > 0 ? "waits" : verdictOn(rotating, waiting, rotation, run.wallClock())) {
    case "passed":
      if (missing.length > 0) {
        run.log.info(`${text}: ${share}, which is enough; not seen since: ${names(missing)}.`);
      }
      return { rotating: { ...rotating, waiting: [] }, goesOn: true };
    case "waits":
      run.log.info(`${text}: ${share}; the next wave waits for others: ${names(missing)}.`);
      return { rotating: { ...rotating, waiting }, goesOn: false };
    case "failed": {
      const stopped = `${share} within ${rotation.requireReconnect}, not: ${names(missing)}`;
      work.causes.push(isStopped(work, stopped));
      return { rotating: { ...rotating, waiting, stopped, ...resumeOf(work) }, goesOn: false };
    }
  }
}

async function doWave(work: FleetWork, rotating: Rotating, ways: Ways): Promise<Rotating | undefined> {
  const { run, fleet, owner, text } = work;
  const { rotation = {} } = fleet;
  const wave = nextWave(rotating, rotation);
  let candidates: readonly Device[];
  try {
    candidates = await candidatesFor(work, rotating, wave);
    if (rotation.requireReconnect === undefined && !rotation.skipOnline) {
      await guardOnline(run, fleet, candidates, "rotation");
    }
  } catch (error) {
    work.causes.push(error);
    return rotating;
  }
  if (candidates.length === 0) {
    run.log.info(
      `${text}: all devices that wait for a new secret are connected, and rotation.skipOnline leaves them for later.`,
    );
    return rotating;
  }
  const { failed, untried } = await whileNoted(run, fleet, owner, "RefreshDeviceCredential", (note) =>
    work.each(candidates, "rotated", (device) => {
      note(device);
      const { rotationTriggers: _triggers, rotatedOutside: _time, ...known } = device.known;
      return updateCredential(run, { ...work.inputsOf(device), rotationTriggers: { wave: "new" } }, known, ways);
    }),
  );
  const left = new Set([...failed.map(({ item }) => item), ...untried].map(({ name }) => name));
  const done = candidates.filter(({ name }) => !left.has(name)).map(({ name }) => name);
  const tried = new Set(candidates.map(({ name }) => name));
  const pending = [...left, ...(rotating.pending ?? []).filter((name) => !tried.has(name))];
  if (left.size === 0) {
    run.log.info(
      `${text}: ${counted(done.length, "device has", "devices have")} a new secret, by wave ${wave.number} of ${wave.of}: ${names(candidates)}.`,
    );
  }
  const before = rotating.unfinished ? rotating : { waiting: [], lastWave: 0 };
  const waiting = rotation.requireReconnect === undefined ? [] : [...(before.waiting ?? []), ...done];
  if (pending.length === 0 && waiting.length === 0) {
    return undefined;
  }
  return {
    ...rotating,
    // A wave goes on with what is left of it before another one begins.
    wave: left.size > 0 ? (rotating.wave ?? 0) : wave.number,
    unfinished: left.size,
    waves: wave.of,
    pending,
    lastWave: (before.lastWave ?? 0) + done.length,
    waveDone: timeText(run.wallClock()),
    waiting,
  };
}

/** The devices of the next wave: the first that wait, but with `skipOnline` those that are connected. */
async function candidatesFor(
  { run, fleet, devices }: FleetWork,
  { pending = [] }: Rotating,
  { size }: Wave,
): Promise<Device[]> {
  const byName = devicesByName(devices);
  const waiting = pending.flatMap((name) => byName.get(name) ?? []);
  if (!fleet.rotation?.skipOnline) {
    return waiting.slice(0, size);
  }
  const chosen: Device[] = [];
  for (let asked = 0; asked < waiting.length && chosen.length < size; asked += size) {
    const some = waiting.slice(asked, asked + size);
    const online = new Set(await onlineOf(run, fleet.instanceId, some));
    chosen.push(...some.filter((device) => !online.has(device)));
  }
  return chosen.slice(0, size);
}

function resumeOf({ fleet }: FleetWork): Pick<Rotating, "resume"> {
  const resume = fleet.rotation?.resume;
  return resume === undefined ? {} : { resume };
}

function isStopped({ text }: FleetWork, why: string): MqttProviderError {
  return new MqttProviderError({
    kind: "Stopped",
    action: "Rotating secrets",
    object: text,
    problem: `the rotation has stopped: ${why}`,
    advice:
      "No other device gets a new secret. Once these are seen to, change the text rotation.resume, and the next `pulumi up` goes on; rotation.pause keeps it waiting without an error",
  });
}
