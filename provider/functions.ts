import { certificateFault, certificateIn } from "../kinds/certificate";
import { type Fault, type Fields, fieldFaults, type Given, readFields } from "../kinds/fields";
import {
  type AnswerOf,
  type ArgumentsOf,
  type FunctionName,
  type FunctionOutline,
  functions,
} from "../kinds/functions";
import type { GivenConnection } from "../kits/connection";
import { kitFaults, kitFiles } from "../kits/kit";
import { isFault, type KeySource, readCaKey } from "./caKey";
import { MqttProviderError } from "./errors";
import { lookups } from "./lookups";
import { Run } from "./run";
import { withSharedRun } from "./sharedRuns";
import { verificationCertificate } from "./verificationCertificate";

export { isProviderError, type MqttProviderError } from "./errors";
export { GivenAdvice } from "./givenAdvice";

/** The configuration that a function works with, by its full keys. */
export type FunctionSettings = Readonly<Record<string, string | undefined>>;

/** Asks the service what a function of a program wants to know. */
export function ask<N extends FunctionName>(name: N, settings: FunctionSettings, given: object): Promise<AnswerOf<N>> {
  return withSharedRun(settings, async (run) => {
    const { args: fields, complete, faults }: FunctionOutline = functions[name];
    const args: Given<Fields> = { ...given, instanceId: instanceIn(given) ?? run.defaultInstanceId };
    const completed = complete?.(args) ?? args;
    const broken = [...fieldFaults(fields, completed), ...(faults?.(completed) ?? [])];
    if (broken.length > 0) {
      throw unusable(name, inWords(broken));
    }
    // What has no faults has all that the table requires.
    return lookups[name](run, readFields(fields, completed) as ArgumentsOf<N>);
  });
}

/** Asks the service for a code that a verification certificate has to carry. */
export function registrationCode(settings: FunctionSettings, given: object): Promise<string> {
  return withSharedRun(settings, async (run) => {
    const instance = instanceIn(given) ?? run.defaultInstanceId;
    if (instance === undefined) {
      throw unusable("registrationCode", "instanceId is required: give it here, or set apsaramq:instanceId");
    }
    return run.service.cas.registrationCode(instance);
  });
}

function instanceIn(given: { readonly instanceId?: string }): string | undefined {
  return given.instanceId;
}

/** Signs a registration code with the CA's key. */
export async function signedVerification(caContent: string, code: string, source: KeySource): Promise<string> {
  const ca = certificateIn(caContent);
  if (!ca) {
    throw unusable("verificationCertificate", `caContent ${certificateFault(caContent)}`);
  }
  const key = readCaKey(source, ca, new Run());
  if (isFault(key)) {
    throw unusable("verificationCertificate", `${key.path} ${key.fault}`);
  }
  return verificationCertificate(ca.toString(), code, key);
}

/** The files by which a device connects. */
export function connectionKit(given: GivenConnection): Record<string, string> {
  const broken = kitFaults(given);
  if (broken.length > 0) {
    throw unusable("connectionKit", inWords(broken));
  }
  return kitFiles(given);
}

function unusable(action: string, problem: string): MqttProviderError {
  const advice = "Correct it and run the command again";
  return new MqttProviderError({ kind: "InvalidInput", action, object: "this program", problem, advice });
}

function inWords(faults: readonly Fault[]): string {
  return faults.map(({ path, fault }) => `${path} ${fault}`).join("; ");
}
