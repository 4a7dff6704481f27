import * as pulumi from "@pulumi/pulumi";
import type { Values } from "../kinds/fields";
import {
  type AnswerOf,
  type caResult,
  type certificateResult,
  credentialResult,
  type FunctionName,
  type functions,
  type groupResult,
  type listedCredentialResult,
  type sessionResult,
} from "../kinds/functions";
import { asked, type FunctionOptions } from "./asked";
import type { ArgsOf, OutputsOf } from "./types";

/** Which groups to list. */
export interface ListGroupsArgs extends ArgsOf<typeof functions.listGroups.args> {}
/** Whose credentials to list. */
export interface ListDeviceCredentialsArgs extends ArgsOf<typeof functions.listDeviceCredentials.args> {}
/** The CA whose device certificates to list. */
export interface ListDeviceCertificatesArgs extends ArgsOf<typeof functions.listDeviceCertificates.args> {}
/** Whose CAs to list. */
export interface ListCaCertificatesArgs extends ArgsOf<typeof functions.listCaCertificates.args> {}
/** The device, by `clientId` or by `groupId` and `deviceId`. */
export interface GetDeviceCredentialArgs extends ArgsOf<typeof functions.getDeviceCredential.args> {}
/** The device certificate. */
export interface GetDeviceCertificateArgs extends ArgsOf<typeof functions.getDeviceCertificate.args> {}
/** The CA. */
export interface GetCaCertificateArgs extends ArgsOf<typeof functions.getCaCertificate.args> {}
/** The clients to ask for. */
export interface QuerySessionsArgs extends ArgsOf<typeof functions.querySessions.args> {}

/** A group of devices. */
export interface GroupResult extends Values<typeof groupResult> {}
/** A device that has a credential. */
export interface ListedDeviceCredential extends Values<typeof listedCredentialResult> {}
/** The credential of a device: `deviceAccessKeySecret` and `mqttPassword` are secret, the rest is not. */
export interface DeviceCredentialResult extends OutputsOf<typeof credentialResult> {}
/** A device certificate that is registered. */
export interface DeviceCertificateResult extends Values<typeof certificateResult> {}
/** A CA that is registered. */
export interface CaCertificateResult extends Values<typeof caResult> {}
/** Whether a client is connected. */
export interface SessionResult extends Values<typeof sessionResult> {}

/**
 * All groups of an instance, by their names. Like all functions of this package it calls the service whenever the
 * program runs, in a preview too. One billed call.
 *
 * ```ts
 * mqtt.listGroups({ tags: { plant: "hangzhou" } }).apply((groups) => groups.map(({ groupId }) => groupId));
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws What the service answers to `ListGroupId`, or why it could not be asked.
 */
export function listGroups(args: ListGroupsArgs = {}, options: FunctionOptions = {}): pulumi.Output<GroupResult[]> {
  return answer("listGroups", args, options);
}

/**
 * The devices of a group, or of an instance, that have a credential, by their client ids; without the secrets. Listing
 * a group carries no billing note; without `groupId` one billed call lists the groups.
 *
 * ```ts
 * const devices = mqtt.listDeviceCredentials();
 * const clientIds = devices.apply((all) => all.map((device) => device.clientId));
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws What the service answers to `ListDeviceCredentialClientId` or `ListGroupId`, or why it could not be asked.
 */
export function listDeviceCredentials(
  args: ListDeviceCredentialsArgs = {},
  options: FunctionOptions = {},
): pulumi.Output<ListedDeviceCredential[]> {
  return answer("listDeviceCredentials", args, options);
}

/**
 * All device certificates of a CA, by their serial numbers. A CA that is not registered is an error.
 *
 * ```ts
 * mqtt.listDeviceCertificates({ caSn }).apply((all) => all.filter(({ status }) => status === "inactive"));
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws `NotFound` when the CA is not registered.
 * @throws What the service answers to `GetCaCertificate`, `ListCaCertificate` or `ListDeviceCertificateByCaSn`, or why it could not be asked.
 */
export function listDeviceCertificates(
  args: ListDeviceCertificatesArgs,
  options: FunctionOptions = {},
): pulumi.Output<DeviceCertificateResult[]> {
  return answer("listDeviceCertificates", args, options);
}

/**
 * All CAs of an instance, by their serial numbers.
 *
 * ```ts
 * mqtt.listCaCertificates().apply((cas) => cas.map(({ caName, validEnd }) => ({ caName, validEnd })));
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws What the service answers to `ListCaCertificate`, or why it could not be asked.
 */
export function listCaCertificates(
  args: ListCaCertificatesArgs = {},
  options: FunctionOptions = {},
): pulumi.Output<CaCertificateResult[]> {
  return answer("listCaCertificates", args, options);
}

/**
 * The credential of a device, without managing it; one that does not exist is an error. One billed call. Each member is
 * an output of its own, so that only the secret ones are secret.
 *
 * ```ts
 * const { mqttUsername, mqttPassword } = mqtt.getDeviceCredential({ clientId: "GID_sensors@@@line-1" });
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws `NotFound` when the device has no credential.
 * @throws What the service answers to `GetDeviceCredential`, or why it could not be asked.
 */
export function getDeviceCredential(
  args: GetDeviceCredentialArgs,
  options: FunctionOptions = {},
): DeviceCredentialResult {
  const found = answer("getDeviceCredential", args, options);
  const members = Object.entries(credentialResult).map(([name, { secret }]) => {
    const member = found.apply((credential) => Reflect.get(credential, name));
    return [name, secret ? pulumi.secret(member) : member];
  });
  // One output for each row of the table; TypeScript cannot follow that through Object.entries.
  return Object.fromEntries(members) as DeviceCredentialResult;
}

/**
 * A device certificate, without managing it; one that is not registered is an error.
 *
 * ```ts
 * const { validEnd } = mqtt.getDeviceCertificate({ caSn, deviceSn });
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws `NotFound` when the CA or the certificate is not registered.
 * @throws What the service answers to `GetDeviceCertificate`, or to the listings when it is spelled otherwise, or why it could not be asked.
 */
export function getDeviceCertificate(
  args: GetDeviceCertificateArgs,
  options: FunctionOptions = {},
): pulumi.Output<DeviceCertificateResult> {
  return answer("getDeviceCertificate", args, options);
}

/**
 * A CA, without managing it; one that is not registered is an error.
 *
 * ```ts
 * const { subject, status } = mqtt.getCaCertificate({ caSn });
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws `NotFound` when the CA is not registered.
 * @throws What the service answers to `GetCaCertificate` or `ListCaCertificate`, or why it could not be asked.
 */
export function getCaCertificate(
  args: GetCaCertificateArgs,
  options: FunctionOptions = {},
): pulumi.Output<CaCertificateResult> {
  return answer("getCaCertificate", args, options);
}

/**
 * Which of these clients are connected, in the order of `clientIds`. One billed call for each ten.
 *
 * ```ts
 * mqtt.querySessions({ clientIds: [clientId] }).apply((all) => all.filter(({ online }) => !online));
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or no instance is named.
 * @throws What the service answers to `BatchQuerySessionByClientIds`, or why it could not be asked.
 */
export function querySessions(args: QuerySessionsArgs, options: FunctionOptions = {}): pulumi.Output<SessionResult[]> {
  return answer("querySessions", args, options);
}

function answer<N extends FunctionName>(name: N, args: object, options: FunctionOptions): pulumi.Output<AnswerOf<N>> {
  return asked(args, options, (provided, settings, known) => provided.ask(name, settings, known));
}
