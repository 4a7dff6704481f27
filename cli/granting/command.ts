import type { FunctionName } from "../../kinds/functions";
import { instanceId } from "../../kinds/instanceId";
import type { Outline } from "../../kinds/outline";
import type { ActionName } from "../../kinds/serviceActions";
import { exitCodes } from "../exitCodes";
import { print } from "../print";
import { explain } from "./explain";
import { instanceAccess, policyFor, ramAction } from "./policy";
import { readSubjects, type Subject, type Subjects } from "./subjects";
import { type NamedUse, outlines, type Role, usesOfFunction, usesOfKind, usesOfSubject } from "./uses";

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
  const isAsked = isNamed || instance.length === 0;
  const found = isAsked ? await readSubjects(documents, stack, cwd) : { subjects: [], gaps: [] };
  const { uses, notes, gaps } = usesOf(found, options);
  if (uses.length === 0) {
    throw new Error(
      "there is nothing to grant: no stack that was given has a resource of these kinds; --instance and --kinds say what a stack will have",
    );
  }
  for (const gap of gaps) console.error(`Missing: ${gap}`);
  for (const note of notes) console.error(note);
  if (options.role === "drift") console.error(mayDeregister);
  if (options.explain) console.error(explain(uses));
  await print(`${JSON.stringify(policyFor(uses, { region, account }), undefined, 2)}\n`);
  return gaps.length > 0 ? exitCodes.incomplete : exitCodes.fine;
}

const mayDeregister = `${instanceAccess}, which looking takes, allows UnRegisterDeviceCredential too, as the vendor documents it: no policy keeps who looks from deregistering devices.`;

/** All that the role asks for, what it does not although it might, and what cannot be told. */
function usesOf(found: Subjects, options: PolicyOptions) {
  const { role, instance = [], kinds, functions = [] } = options;
  const chosen = outlines.filter(({ name }) => kinds?.includes(name) ?? true);
  const all = found.subjects.filter(({ outline }) => chosen.includes(outline));
  const placed = all.filter(isPlaced);
  const inStacks = placed.map((subject) => subject.instanceId);
  // What no stack has may be of any kind, and who looks finds it too.
  const unlimited = [...new Set(role === "drift" ? [...inStacks, ...instance] : instance)];
  const uses: NamedUse[] = [
    ...(role === "drift" ? [] : placed.flatMap(usesOfSubject)),
    ...unlimited.flatMap((id) => chosen.flatMap((outline) => usesOfKind(outline, role, id))),
    ...[...new Set([...inStacks, ...instance])].flatMap((id) => functions.flatMap((name) => usesOfFunction(name, id))),
  ];
  const granted = new Set([instanceAccess, ...uses.map(({ action }) => ramAction(action))]);
  const limited = role === "drift" ? [] : [...new Set(placed.map(({ outline }) => outline))];
  const odd = all.filter((subject) => !isPlaced(subject)).map(({ text }) => `${text} names no instance.`);
  return {
    uses,
    notes: limited.flatMap((outline) => leftOut(outline, granted)),
    gaps: [...found.gaps, ...odd],
  };
}

function isPlaced(subject: Subject): boolean {
  return instanceId.faults(subject.instanceId, "").length === 0;
}

/** The rights that a change of a resource's inputs would call for. */
function leftOut({ name, onlyWith = {} }: Outline, granted: ReadonlySet<string>): string[] {
  return Object.entries(onlyWith).flatMap(([action, wanted]) => {
    const right = ramAction(action as ActionName);
    return granted.has(right) ? [] : [`Left out: ${right}, as no ${name} has ${inWords(wanted)}.`];
  });
}

function inWords(wanted: Readonly<Record<string, readonly unknown[] | undefined>>): string {
  const inputs = Object.entries(wanted).map(([input, values = []]) => {
    return `${input} ${values.map((value) => (value === undefined ? "left out" : JSON.stringify(value))).join(" or ")}`;
  });
  return inputs.join(", or ");
}
