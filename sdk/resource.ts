import * as pulumi from "@pulumi/pulumi";
import { entryKey, stubKey, stubOf, typeOf } from "../kinds/inState";
import type { Outline } from "../kinds/outline";
import { warnOfUnknownKeys } from "./configurationKeys";
import { withoutMemberStacks } from "./memberStacks";
import { hideSecretsInResponseTexts } from "./responseTexts";

/**
 * What a class gives to the constructor of `CustomResource` for a resource whose behaviour lives in
 * `pulumi-apsaramq-mqtt/provider`. State carries only the constant line that leads there: no code is serialised, and an
 * upgrade of this package changes nothing in state.
 *
 * Not a base class: Pulumi notes as a resource's place in the program the caller of the class that extends
 * `CustomResource`, so with one in between state would name a line of this package.
 */
export function resourceArguments(
  { name: kind, inputs, outputs }: Outline,
  name: string,
  args: object | undefined,
  opts: pulumi.CustomResourceOptions,
): ConstructorParameters<typeof pulumi.CustomResource> {
  if (opts.import !== undefined) {
    throw new pulumi.RunError(
      `${kind} "${name}": the import option does not work for this kind of resource. ` +
        'Take an existing object over with `ifExists: "adopt"` (a device certificate is adopted in any case), or for the whole stack with `pulumi config set apsaramq:ifExists adopt`; `npx apsaramq-mqtt adopt` writes an import file and a program for all that exists.',
    );
  }
  if (opts.customTimeouts !== undefined) {
    pulumi.log.warn(
      `${kind} "${name}": customTimeouts have no effect; requestTimeout of the configuration and awaitRegistration have.`,
    );
  }
  hideSecretsInResponseTexts();
  warnOfUnknownKeys();
  const fields = { ...inputs, ...outputs };
  // An output that is not declared here would stay undefined for a resource that is read by its id.
  const members = Object.keys(fields).filter((field) => args === undefined || !isLeftOut(inputs[field], field, args));
  const declared = Object.fromEntries([entryKey, ...members].map((field) => [field, undefined]));
  const secrets = Object.keys(fields).filter((field) => fields[field]?.secret);
  const props = { ...declared, ...args, ...hidden(secrets, args), [stubKey]: stubOf(kind) };
  return [
    typeOf(kind),
    name,
    withoutMemberStacks(props),
    pulumi.mergeOptions(opts, { additionalSecretOutputs: secrets }),
  ];
}

/** The arguments that are secret, marked as such: the engine knows of outputs only, and shows and keeps inputs in clear. */
function hidden(secrets: readonly string[], args: object = {}): Readonly<Record<string, unknown>> {
  const given = secrets.map((field) => [field, Reflect.get(args, field)] as const);
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined).map(([field, value]) => [field, pulumi.secret(value)]),
  );
}

/**
 * Whether a member has no value because the program gives none: of inputs, only what names the object may follow from
 * others. Each declared member costs Pulumi some twenty promises.
 */
export function isLeftOut(input: Outline["inputs"][string] | undefined, name: string, args: object): boolean {
  return input !== undefined && !input.replaces && Reflect.get(args, name) === undefined;
}
