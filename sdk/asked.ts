import * as pulumi from "@pulumi/pulumi";
import type * as functions from "../provider/functions";
import { warnOfUnknownKeys } from "./configurationKeys";
import { currentProgram } from "./program";
import { type Provider, settingsOf } from "./provider";
import { hideSecretsInResponseTexts } from "./responseTexts";

/** How a function is called, beside its arguments. */
export interface FunctionOptions {
  /** Whose region, instance and keys count. Default: those of the stack. */
  readonly provider?: Provider;
}

type Functions = typeof functions;

/** Loaded when a function is called: a program that calls none loads no service code. */
function provided(): Functions {
  return require("../provider/functions");
}

/**
 * What the service is asked with the settings of a provider, once all arguments are known. In a preview nothing is
 * asked about resources that are still to be made: the result is unknown then, as the service cannot know them. It is
 * secret when an argument is.
 */
export function asked<Result>(
  args: object,
  { provider }: FunctionOptions,
  work: (provided: Functions, settings: functions.FunctionSettings, args: object) => Promise<Result>,
): pulumi.Output<Result> {
  hideSecretsInResponseTexts();
  warnOfUnknownKeys();
  const given = pulumi.output(args);
  // The operator's keys are secret, what they open is not.
  const settings = pulumi.unsecret(pulumi.output(settingsOf(provider)));
  const answer = pulumi
    .all([given, settings, idsBehind(given)])
    .apply(([known, configured]) => inOneLine((modules) => work(modules, configured, known)));
  // Pulumi's type would unwrap the result, in which nothing is wrapped.
  return answer as pulumi.Output<Result>;
}

/** Does some work of the provider. A failure of it is told in one line: Pulumi prints the stack of any other error. */
export async function inOneLine<Result>(work: (provided: Functions) => Promise<Result>): Promise<Result> {
  const modules = provided();
  try {
    return await work(modules);
  } catch (error) {
    throw modules.isProviderError(error) ? failure(error, modules) : error;
  }
}

/** One failure of many calls is one error: Pulumi tells an error once, however many have it. */
function failure(error: functions.MqttProviderError, { GivenAdvice }: Functions): pulumi.RunError {
  const program = currentProgram();
  const known = program?.failures.get(error.message);
  if (known) {
    return known;
  }
  if (program) {
    program.advice ??= new GivenAdvice();
  }
  const text = (program?.advice?.once(error) ?? error).message;
  const made = Object.assign(new pulumi.RunError(text), { stack: text });
  program?.failures.set(error.message, made);
  return made;
}

/** The ids of the resources that a value comes from: not known in a preview before they are made. */
function idsBehind(value: pulumi.Output<unknown>): pulumi.Output<string[]> {
  // Pulumi's own functions ask for it too; its type says less.
  const { allResources } = value as { readonly allResources?: () => Promise<Set<pulumi.Resource>> };
  const ids = Promise.resolve(allResources?.call(value) ?? new Set<pulumi.Resource>()).then((resources) =>
    [...resources].flatMap((resource) => (pulumi.CustomResource.isInstance(resource) && resource.id) || []),
  );
  return pulumi.output(ids);
}
