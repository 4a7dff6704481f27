import type { Policies } from "@pulumi/policy";
import { allowedGroups, caMargin, clientIdPattern, maximumAge, protectedStacks, removalBudget } from "./rules";

/** The rules of a policy pack; each is left out with its option. */
export interface DevicePolicyOptions {
  /** What the client ids of `DeviceCredential` match, such as `/^GID_[a-z]+@@@line-\d+$/`. */
  readonly clientIdPattern?: RegExp;
  /** The groups that a stack may make and put devices in; `*` in them stands for any characters, `?` for one. */
  readonly allowedGroups?: readonly string[];
  /** Age at which every credential has to be replaced at the latest, such as `"90d"`: its `rotateAfter` is at most that. */
  readonly maximumAge?: string;
  /**
   * Stacks whose logins have to be protected (`protect: true`), by their names; `*` stands for any characters, `?` for
   * one. A login is what a device logs in with, and the group or CA that takes it along.
   */
  readonly protectedStacks?: readonly string[];
  /** How long a CA has to be valid still, such as `"180d"`, when a stack registers or holds it. */
  readonly caMargin?: string;
  /** How many devices may be missing from a program that had so many. */
  readonly removalBudget?: RemovalBudget;
}

/**
 * A policy pack sees what a program declares, never what an update deletes. So the budget compares with a number that
 * stands in the pack: the devices that the stack is to have.
 */
export interface RemovalBudget {
  /** Devices, `DeviceCredential` and `DeviceCertificate`, of each stack, by the stack's name. */
  readonly devices: Readonly<Record<string, number>>;
  /** How many of them may be missing: a number, or a share such as `"5%"`. */
  readonly most: number | `${number}%`;
}

/**
 * Policies for a `PolicyPack` of `@pulumi/policy`; mandatory, unless the pack's configuration says otherwise.
 * Throws on a duration or a share that is none.
 */
export function devicePolicies(options: DevicePolicyOptions): Policies {
  return [
    ...(options.clientIdPattern ? [clientIdPattern(options.clientIdPattern)] : []),
    ...(options.allowedGroups ? [allowedGroups(options.allowedGroups)] : []),
    ...(options.maximumAge === undefined ? [] : [maximumAge(options.maximumAge)]),
    ...(options.protectedStacks ? [protectedStacks(options.protectedStacks)] : []),
    ...(options.caMargin === undefined ? [] : [caMargin(options.caMargin, () => Date.now())]),
    ...(options.removalBudget ? [removalBudget(options.removalBudget)] : []),
  ];
}
