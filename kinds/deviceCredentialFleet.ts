import { groupIdFault } from "./clientId";
import { createGuardChoices } from "./configuration";
import { deviceCredential, ifRotatedOutsideChoices, recipientFaults, secretModeChoices } from "./deviceCredential";
import { durationFault } from "./duration";
import { entryNameFault } from "./entryName";
import {
  choice,
  type Fault,
  type Fields,
  flag,
  type Given,
  list,
  map,
  number,
  portion,
  record,
  text,
  unknown,
} from "./fields";
import { clientIdsOf, deviceMap, expectedDevices, nameFaults } from "./fleetDevices";
import { ifExistsChoices } from "./ifExists";
import { instanceId } from "./instanceId";
import { type Outline, outline } from "./outline";
import { portionFault } from "./portion";
import { recipientFault, recipientText } from "./recipient";
import { onlinePolicies, removalMax } from "./removal";

/** What holds where a program says nothing of it. */
export const fleetDefaults = { fleetName: "devices", wave: "10%", enough: "95%", online: "refuse" } as const;

const some = (value: number | string) => portionFault(value, 1);

const inputs = {
  /**
   * Instance that the devices belong to, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`, else
   * `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /**
   * Group of the devices that are named by their ids alone, 7 to 64 characters, starting with `GID_` or `GID-`. Default:
   * none, each device is named by its client id. A change replaces the resource.
   */
  groupId: text({ default: "none, each device is named by its client id", replaces: true, fault: groupIdFault }),
  /**
   * Tells several fleets of one group apart: a lower-case letter, then such letters, digits, `-` and `_`, at most 64. It
   * means nothing to the service. Default: `devices`. A change replaces the resource.
   */
  fleetName: text({ required: true, default: "`devices`", replaces: true, fault: entryNameFault }),
  /**
   * The devices: a map from their ids within `groupId`, or from their client ids `<GroupId>@@@<DeviceId>`, to the
   * settings of each: `rotationTriggers`, a map of texts whose change puts that device into the next rotation. A list of
   * names is taken for a map of devices without settings.
   */
  devices: map(record({ rotationTriggers: map(text()) }), {
    required: true,
    expected: expectedDevices,
  }),
  /**
   * Whether the fleet is all that its groups hold. Devices of the groups that it does not declare are drift then, which
   * refresh shows; the next `up` deregisters them, within the bounds of `removal`. Default: `false`.
   */
  exclusive: flag({ default: "`false`" }),
  /**
   * What to do with a device that has a credential already when it joins. `"fail"`: it is named in an error, and the others
   * are registered. `"adopt"`: takes the credential over, secret untouched, by one billed lookup. `"rotate"`: takes it over
   * and issues a new secret, if `removal.online` lets it. Default: `apsaramq:ifExists`, else `"fail"`.
   */
  ifExists: choice(ifExistsChoices, { default: '`apsaramq:ifExists`, else `"fail"`' }),
  /**
   * How a registration makes sure that the device has no credential. `"listing"`: by a complete listing of its group, at
   * most 5 s old, which leaves those seconds to another machine. `"get"`: by a look at the device right before and once
   * more after, for two more calls a device, one of them billed. Default: `"listing"`.
   */
  createGuard: choice(createGuardChoices, { default: '`"listing"`' }),
  /**
   * Map of texts. A trigger that is added or changed starts a rotation of all devices, in waves as `rotation` says; one
   * that is taken away does nothing. The keys and values mean nothing to the service. Default: none.
   */
  rotationTriggers: map(text(), { default: "none" }),
  /**
   * How secrets are replaced. Each `up` does one wave; `preview` says which, and which devices are in it. Each device must
   * be given its new secret, as the service keeps one credential for each: the old one stops working at the next login.
   * Default: rotations are started by `rotationTriggers` alone, in waves of `"10%"`.
   */
  rotation: record(
    {
      /** Age at which a secret is to be replaced, such as `"180d"`, from `1h` to `3650d`. Default: none. */
      rotateAfter: text({ default: "none", fault: (value) => durationFault(value, { least: "1h", most: "3650d" }) }),
      /**
       * How many devices a wave has: a number, or a share of those that the rotation began with, rounded up; one at least.
       * Default: `"10%"`.
       */
      wave: portion({ default: '`"10%"`', fault: some }),
      /** How many devices the first wave has, in the same way. Default: none, it is one like the others. */
      canary: portion({ default: "none, it is one like the others", fault: some }),
      /**
       * Within which time, `1m` to `365d`, enough devices of a wave have to log in again before the next one begins; it is
       * asked by one billed call for each that is missing, which takes a region. Default: none, nobody is waited for.
       */
      requireReconnect: text({
        default: "none, nobody is waited for",
        fault: (value) => durationFault(value, { least: "1m", most: "365d" }),
      }),
      /** How many devices of a wave are enough for `requireReconnect`, a number or a share. Default: `"95%"`. */
      enough: portion({ default: '`"95%"`', fault: some }),
      /** Whether devices that are connected are left for a later wave. Default: `false`. */
      skipOnline: flag({ default: "`false`" }),
      /** Whether no wave is begun, without an error. Default: `false`. */
      pause: flag({ default: "`false`" }),
      /** Any text: a rotation that has stopped goes on when it changes. Default: none. */
      resume: text({ default: "none" }),
    },
    { default: 'rotations are started by `rotationTriggers` alone, in waves of `"10%"`' },
  ),
  /**
   * Bounds of all that takes logins away. Over `max` nothing at all is removed, and a destroy of the fleet needs `"100%"`.
   * `online` may `"allow"` what devices would lose that are connected, `"warn"` of it, or `"refuse"` all of it; asked right
   * before, by one billed call for ten devices. Default: `max: "5%"`, `online: "refuse"`.
   */
  removal: record(
    {
      /** How many devices one operation may deregister: a number, or a share of the fleet, rounded up. Default: `"5%"`. */
      max: removalMax,
      /**
       * What to do when one of them is connected, or one whose secret is about to be replaced: in a wave without
       * `requireReconnect`, or as it joins with `ifExists: "rotate"`.
       * Default: `"refuse"`.
       */
      online: choice(onlinePolicies, { default: '`"refuse"`' }),
    },
    { default: '`max: "5%"`, `online: "refuse"`' },
  ),
  /**
   * What `up` does after a refresh found that somebody else has issued a new secret; only a refresh with
   * `apsaramq:verifySecrets` looks. `"adopt"`: takes it over. `"rotate"`: the device is in the next rotation. Default:
   * `"adopt"`.
   */
  ifRotatedOutside: choice(ifRotatedOutsideChoices, { default: '`"adopt"`' }),
  /**
   * Where secrets go. `"state"`: into state, encrypted, and the output `logins`. `"sealed"`: only what is encrypted to
   * `recipient` is kept. `"discard"`: only fingerprints are kept; whoever needs a secret asks the service. A change acts in
   * place; what needs secrets that state does not hold costs one billed lookup for each device. Default: `"state"`.
   */
  secretMode: choice(secretModeChoices, { default: '`"state"`' }),
  /**
   * RSA public key of 2,048 bits or more, in PEM form, that `secretMode: "sealed"` encrypts to. A change seals the secrets
   * anew, after one billed lookup for each device. Default: none.
   */
  recipient: text({ default: "none", fault: recipientFault }),
  /**
   * Whether deregistering also drops the device's live session. Deregistering alone leaves a connected device connected
   * until its session ends (documented by the service). Default: `false`.
   */
  closeConnection: flag({ default: "`false`" }),
};

const outputs = {
  /** How many devices have a credential, 0 to 100,000 and more. */
  count: number({ required: true }),
  /**
   * A line for each device, of two words: its name, and twelve hexadecimal digits of its secret's SHA-256, so that a
   * rotation can be seen without it. `fingerprints` is made of it.
   */
  secretFingerprints: text({ required: true }),
  /**
   * A line for each device, of words: its name, access key id, the time at which the secret was last changed (ISO 8601),
   * and what `secretMode` keeps: the secret, or secret and password sealed to the recipient, or nothing. `logins` is made of
   * it. Secret: encrypted in state, hidden in displays.
   */
  credentials: text({ required: true, secret: true }),
  /** When the first of the secrets is due by `rotateAfter`, ISO 8601; absent without it. */
  nextRotation: text(),
  /** Why devices have no credential, or not the one they should have, by their names; the next `up` tries again. */
  failed: map(text()),
  /** Names of devices that the last `up` was ended before; the next one goes on with them. */
  pending: list(text()),
  /** Writes whose end nobody has seen, by the names of their devices: the next `up` looks first. */
  unsettled: map(record({ action: text(), since: text(), until: text() })),
  /** When somebody else issued the secret that a refresh found, ISO 8601, by the names of devices. */
  rotatedOutside: map(text()),
  /** A rotation that goes on; absent when there is none. */
  rotating: record({
    /** When it began, ISO 8601. */
    since: text(),
    /** Why, in words. */
    reasons: list(text()),
    /** How many devices it has had in all. */
    devices: number(),
    /** How many waves are done. */
    wave: number(),
    /** How many waves there are, as far as could be said at the last one. */
    waves: number(),
    /** Names of the devices that are still to come, in their order. */
    pending: list(text()),
    /** How many of them are left of a wave that was interrupted, or failed in part: they come first. */
    unfinished: number(),
    /** How many devices of the last wave have a new secret. */
    lastWave: number(),
    /** When the last wave was done, ISO 8601. */
    waveDone: text(),
    /** Names of those of the last wave that have not logged in again; with `requireReconnect` only. */
    waiting: list(text()),
    /** Why no wave is begun any more, in words; absent while waves go on. */
    stopped: text(),
    /** What `rotation.resume` was when it stopped. */
    resume: text(),
  }),
};

export const deviceCredentialFleet = outline({
  name: "DeviceCredentialFleet",
  inputs,
  outputs,
  key: ["instanceId", "groupId", "fleetName"],
  complete,
  declares: ({ instanceId: instance, groupId, devices }) =>
    [...clientIdsOf(devices, groupId).keys()].map((clientId) => ({
      // A device is one, however it is declared.
      outline: deviceCredential as unknown as Outline<Fields, Fields>,
      values: { instanceId: instance, clientId },
    })),
  faults,
  actions: [
    "ListDeviceCredentialClientId",
    "ListGroupId",
    "GetDeviceCredential",
    "RegisterDeviceCredential",
    "RefreshDeviceCredential",
    "UnRegisterDeviceCredential",
    "BatchQuerySessionByClientIds",
    "QueryMqttTraceDevice",
    "CloseConnection",
    "QuerySessionByClientId",
  ],
  reads: ["ListDeviceCredentialClientId", "ListGroupId", "GetDeviceCredential"],
  onlyWith: {
    CloseConnection: { closeConnection: [true] },
    QuerySessionByClientId: { closeConnection: [true] },
  },
  errors: {
    Conflict:
      'Devices have a credential already and `ifExists` is `"fail"`; or more logins would be taken away than `removal` allows, then nothing is removed.',
    InvalidInput:
      'In preview: a name that is no device; `recipient` without `secretMode: "sealed"`, or that without `recipient`; `rotation.requireReconnect` where no region is configured.',
    Transient:
      'With `createGuard: "get"`: devices are registered, but nobody could see whether another run has registered them too; they are in `unsettled`, and the next `up` looks again.',
    Stopped: "Many devices have failed, or the run was ended: the rest was not tried, and what was done is kept.",
  },
});

function complete(given: Given<typeof inputs>): Given<typeof inputs> {
  const { fleetName = fleetDefaults.fleetName, devices, recipient } = given;
  return {
    ...given,
    fleetName,
    // From a transform, or another language's program, a list may still come.
    ...(devices !== undefined && devices !== unknown && { devices: deviceMap(devices) as typeof devices }),
    ...(typeof recipient === "string" && { recipient: recipientText(recipient) }),
  };
}

function faults(given: Given<typeof inputs>): Fault[] {
  const { devices, groupId } = given;
  const isMap = typeof devices === "object" && devices !== null;
  return [...(isMap ? nameFaults(devices, groupId) : []), ...recipientFaults(given)];
}
