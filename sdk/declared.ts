import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "../kinds/endpoint";
import type { Given } from "../kinds/fields";
import { entryKey } from "../kinds/inState";
import { keyOf, objectOf } from "../kinds/object";
import type { Outline } from "../kinds/outline";
import { currentProgram, type Program } from "./program";
import { isProvider, type Location, stackLocation } from "./provider";
import { isLeftOut } from "./resource";

type Values = Readonly<Record<string, unknown>>;

/**
 * Notes which object a resource of the program stands for, whether it is a target of the operation or not: a provider
 * process that deletes the entry of an object asks whether it is still wanted. Fails the program, in preview already,
 * when two resources stand for the same object: the second would replace or adopt what the first one made. That is
 * judged by what the engine made of the arguments, after transforms.
 */
export function declare(
  resource: pulumi.CustomResource,
  outline: Outline,
  name: string,
  args: object,
  { provider: own, parent }: pulumi.CustomResourceOptions,
): void {
  const none = pulumi.output(undefined);
  for (const [input, field] of Object.entries(outline.inputs)) {
    if (isLeftOut(field, input, args)) {
      Reflect.set(resource, input, none);
    }
  }
  const program = currentProgram();
  if (!program) {
    completeMembers(resource, outline);
    return;
  }
  const provider = own ?? parent?.getProvider("pulumi-nodejs:dynamic/apsaramq:Resource");
  const location = isProvider(provider) ? provider.location : stackLocation();
  const fields = { ...outline.inputs, ...outline.outputs };
  let settle: ReturnType<Program["declarations"]["declare"]> | undefined;
  onceKnown([location, args], (where, given) => {
    const values: Values = { instanceId: where.instanceId, ...withoutUndefined(given) };
    const completed: Values = outline.complete?.(values as Given<Outline["inputs"]>) ?? values;
    const key = keyOf(outline, completed);
    const place = placeIn(where);
    if (outline.key.every((part) => typeof key[part] === "string" || !fields[part]?.required)) {
      settle = program.declarations.declare(objectOf(outline, place, completed));
    }
    const parts = outline.declares?.(completed as Given<Outline["inputs"]>) ?? [];
    const objects = parts.map((part) => objectOf(part.outline, place, part.values));
    for (const [index, part] of parts.entries()) {
      failIfTaken(program, part.outline, objects[index] ?? "", keyOf(part.outline, part.values), name);
    }
    program.declarations.declareParts(objects);
  });
  const members = (names: readonly string[]) =>
    Object.fromEntries(names.map((member) => [member, Reflect.get(resource, member)]));
  // What the service names follows from what every program has to give: all else may be known late.
  const given = Object.keys(outline.inputs).filter((input) => outline.inputs[input]?.required);
  const naming = (outline.foreseen ? given : outline.key).map((part) => {
    const isOptional = outline.inputs[part]?.required === false && Reflect.get(args, part) === undefined;
    const member: unknown = Reflect.get(resource, part);
    return [part, isOptional ? ifKnown(member) : member] as const;
  });
  onceMembersKnown([location, Object.fromEntries(naming)], (where, values) => {
    failIfTaken(program, outline, objectOf(outline, placeIn(where), values), keyOf(outline, values), name);
  });
  const required = Object.keys(outline.outputs).filter((output) => outline.outputs[output]?.required);
  onceMembersKnown([location, members([...outline.key, ...required, entryKey])], (where, values) => {
    const entry = values[entryKey];
    // What the engine leaves out of an operation and has no entry for comes back as the program gave it.
    const isHeld = required.length > 0 ? required.every((output) => values[output] !== undefined) : entry !== undefined;
    if (isHeld) {
      settle?.(objectOf(outline, placeIn(where), values), typeof entry === "string" ? entry : "");
    }
  });
}

/** A member as far as it is known: for what the program leaves out preview shows a value that is not. */
function ifKnown(member: unknown): unknown {
  const { isKnown } = member as Member;
  return pulumi.output(isKnown.then((known) => (known ? member : undefined)));
}

/** A unit test with mocks has no provider whose check would complete the inputs. */
function completeMembers(resource: pulumi.CustomResource, { inputs, complete }: Outline): void {
  const given = Object.fromEntries(Object.keys(inputs).map((name) => [name, Reflect.get(resource, name)]));
  const completed = pulumi.output(given).apply((known): Values => {
    const values = withoutUndefined(known as Values);
    return complete?.(values as Given<Outline["inputs"]>) ?? values;
  });
  for (const name of Object.keys(inputs)) {
    Reflect.set(
      resource,
      name,
      completed.apply((values) => values[name]),
    );
  }
}

/** Does something with values once all of them are known: at once when they are, which is before anything is made. */
function onceKnown(
  [location, values]: readonly [Location, object],
  use: (location: KnownLocation, values: Values) => void,
): void {
  const all = { ...location, values };
  if (isPlain(all)) {
    use(location as KnownLocation, values as Values);
  } else {
    pulumi.output(all).apply((known) => use(known as KnownLocation, known.values as Values));
  }
}

/** The same of members, which are outputs of nothing that is known later: `pulumi.output` would make four more of each. */
function onceMembersKnown(
  [location, members]: readonly [Location, object],
  use: (location: KnownLocation, values: Values) => void,
): void {
  if (!isPlain(location)) {
    onceKnown([location, members], use);
    return;
  }
  const outputs = Object.values(members) as Member[];
  // What fails here is seen by Pulumi, as all that nobody waits for.
  void Promise.all(outputs.map(({ isKnown }) => isKnown)).then(async (known) => {
    if (known.every(Boolean)) {
      const values = await Promise.all(outputs.map((output) => output.promise()));
      const names = Object.keys(members);
      use(location as KnownLocation, Object.fromEntries(names.map((name, index) => [name, values[index]])));
    }
  });
}

/** What an output is made of, which Pulumi's types do not show. */
interface Member {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

type KnownLocation = { readonly [K in keyof Location]: string | undefined };

function placeIn({ endpoint, region }: KnownLocation): string {
  return placeOf(endpoint, region) ?? "";
}

function failIfTaken({ names }: Program, outline: Outline, object: string, key: Values, name: string): void {
  const other = names.get(object);
  if (other !== undefined) {
    const [first, second] = [other, name].sort();
    const parts = outline.key.flatMap((part) => key[part] ?? []).join(" ");
    const text = `${outline.name} ${parts} is declared twice in this program, as "${first}" and as "${second}": remove one of the two.`;
    // Thrown where an output is resolved, Pulumi prints the stack of any error.
    throw Object.assign(new pulumi.RunError(text), { stack: text });
  }
  names.set(object, name);
}

function withoutUndefined(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

/** Whether nothing in it is known later only. */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return true;
  }
  return !pulumi.Output.isInstance(value) && !(value instanceof Promise) && Object.values(value).every(isPlain);
}
