import type { FunctionName } from "../../kinds/functions";
import type { Outline } from "../../kinds/outline";
import type { ActionName } from "../../kinds/serviceActions";
import { exitCodes } from "../exitCodes";
import { readStates } from "../stacks/sources";
import type { StackState } from "../stacks/stackState";
import { explain } from "./explain";
import { instanceAccess, policyFor, ramAction } from "./policy";
import { instanceIn, type NamedUse, outlines, type Role, usesOfEntry, usesOfFunction, usesOfKind } from "./uses";

/** The options of the command. */
export interface PolicyOptions {
  readonly role: Role;
  readonly stack?: readonly string[];
  readonly cwd: string;
  readonly instance?: readonly string[];
  readonly kinds?: readonly string[];
  readonly functions?: readonly FunctionName[];
  readonly region: string;
  readonly account: string;
  readonly explain: boolean;
}

/** Prints the policy of a role, and gives the exit code. */
export async function policy(documents: readonly string[], options: PolicyOptions): Promise<number> {
  const { stack = [], instance = [], cwd, region, account } = options;
  const isNamed = documents.length + stack.length > 0;
  const states = isNamed || instance.length === 0 ? await readStates({ documents, stacks: stack, folder: cwd }) : [];
  const { uses, notes, gaps } = usesOf(states, options);
  if (uses.length === 0) {
    throw new Error(
      "there is nothing to grant: no stack that was given has a resource of these kinds; --instance and --kinds say what a stack will have",
    );
  }
  for (const gap of gaps) console.error(`Missing: ${gap}`);
  for (const note of notes) console.error(note);
  if (options.role === "drift") console.error(mayDeregister);
  if (options.explain) console.error(explain(uses));
  process.stdout.write(`${JSON.stringify(policyFor(uses, { region, account }), undefined, 2)}\n`);
  return gaps.length > 0 ? exitCodes.incomplete : exitCodes.fine;
}

const mayDeregister = `${instanceAccess}, which looking takes, allows UnRegisterDeviceCredential too, as the vendor documents it: no policy keeps who looks from deregistering devices.`;

/** All that the role asks for, and what it does not, although it might. */
function usesOf(states: readonly StackState[], options: PolicyOptions) {
  const { role, instance = [], kinds, functions = [] } = options;
  const chosen = outlines.filter(({ name }) => kinds?.includes(name) ?? true);
  const entries = states.flatMap((state) => state.entries).filter(({ outline }) => chosen.includes(outline));
  const placed = entries.flatMap((entry) => {
    const on = instanceIn(entry);
    return on === undefined ? [] : [{ entry, on }];
  });
  const inStacks = [...new Set(placed.map(({ on }) => on))];
  const ofKinds = (instanceIds: readonly string[]) =>
    instanceIds.flatMap((id) => chosen.flatMap((outline) => usesOfKind(outline, role, id)));
  // What no stack has may be of any kind, and drift looks for it too.
  const ofStacks = role === "drift" ? ofKinds(inStacks) : placed.flatMap(({ entry, on }) => usesOfEntry(entry, on));
  const instanceIds = [...new Set([...inStacks, ...instance])];
  const uses: NamedUse[] = [
    ...ofStacks,
    ...ofKinds(instance),
    ...functions.flatMap((name) => instanceIds.flatMap((id) => usesOfFunction(name, id))),
  ];
  const granted = new Set([instanceAccess, ...uses.map(({ action }) => ramAction(action))]);
  const asked = role === "apply" ? [...new Set(entries.map(({ outline }) => outline))] : [];
  return {
    uses,
    notes: asked.flatMap((outline) => leftOut(outline, granted)),
    gaps: [
      ...states.flatMap((state) => state.gaps),
      ...entries
        .filter((entry) => instanceIn(entry) === undefined)
        .map(({ urn, id }) => `${urn}: its id ${id} is odd.`),
    ],
  };
}

/** The rights that a change of a resource's inputs would call for. */
function leftOut({ name, onlyWith = {} }: Outline, granted: ReadonlySet<string>): string[] {
  return Object.entries(onlyWith).flatMap(([action, [input, ...values]]) => {
    const right = ramAction(action as ActionName);
    const wanted = values.map((value) => (value === undefined ? "left out" : JSON.stringify(value))).join(" or ");
    return granted.has(right) ? [] : [`Left out: ${right}, as no ${name} has ${input} ${wanted}.`];
  });
}
