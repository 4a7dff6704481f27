import * as pulumi from "@pulumi/pulumi";

/** What a class says about its kind. */
export interface KindOutline {
  /** The last part of the type token, frozen in users' state. */
  readonly name: string;
  /** Every property that the provider computes. */
  readonly outputs: readonly string[];
  /** The outputs that are encrypted in state and hidden in every display. */
  readonly secretOutputs: readonly string[];
}

/**
 * What a class gives to the constructor of `CustomResource` for a resource whose behaviour lives in
 * `pulumi-apsaramq-mqtt/provider`. State carries only the constant line that leads there: no code is serialised, and an
 * upgrade of this package changes nothing in state.
 *
 * Not a base class: Pulumi notes as a resource's place in the program the caller of the class that extends
 * `CustomResource`, so with one in between state would name a line of this package.
 */
export function deviceResource(
  kind: KindOutline,
  name: string,
  args: object | undefined,
  opts: pulumi.CustomResourceOptions,
): ConstructorParameters<typeof pulumi.CustomResource> {
  // An output that is not declared here would stay undefined for a resource that is read by its id.
  const outputs = Object.fromEntries(kind.outputs.map((output) => [output, undefined]));
  const props = { ...outputs, ...args, __provider: stub(kind.name) };
  const secrets = { additionalSecretOutputs: [...kind.secretOutputs] };
  return [`pulumi-nodejs:dynamic/apsaramq:${kind.name}`, name, props, pulumi.mergeOptions(opts, secrets)];
}

/** Frozen: this text stands in the state of every resource ever made. */
function stub(kind: string): string {
  const provider = kind.charAt(0).toLowerCase() + kind.slice(1);
  return `exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").${provider};`;
}
