import { isDeepStrictEqual } from "node:util";
import type { Emulator, JournalEntry } from "apsaramq-mqtt-emulator";
import { type Policy, policyFor } from "../../cli/granting/policy";
import { usesOfKind } from "../../cli/granting/uses";
import type { DynamicProvider } from "../../provider/dynamicProvider";
import { groupId, instanceId, type Props, World } from "../provider/world";
import { type Entry, StackModel } from "./engineModel";
import type { Operation } from "./operations";
import type { Row } from "./table";

/** Short, as a request that nobody answers costs real time. */
const patience = { "apsaramq:requestTimeout": "60ms" };
const pastSignatureMs = 16 * 60_000;

/** One operation on a stack of its own, in a world of its own that an emulator stands for. */
class Play {
  readonly world: World;
  readonly stack = new StackModel();
  /** Lines that were shown, of each command and sort. */
  readonly lines: string[][] = [];
  /** All secrets that there ever were. */
  readonly #secrets = new Set<string>();

  constructor(
    readonly emulator: Emulator,
    readonly operation: Operation,
  ) {
    emulator.faults.clear();
    emulator.setState({ ...emulator.state(), instances: [{ instanceId, groups: [{ groupId }], ...operation.seed }] });
    this.allow(allRightsOf(operation));
    this.world = new World(emulator);
    const { environment = {} } = operation.sample;
    this.world.environment = environment;
    for (const value of Object.values(environment)) this.#secrets.add(value);
  }

  /** From now on the operator has these rights alone. */
  allow(policy: Policy): void {
    const state = this.emulator.state();
    this.emulator.setState({ ...state, accessKeys: (state.accessKeys ?? []).map((key) => ({ ...key, policy })) });
  }

  /** A provider process of its own for each command. */
  provider(): DynamicProvider {
    const run = this.world.operation({ ...patience, ...this.operation.config });
    this.lines.push(run.infos, run.progress);
    return run.of(this.operation.kind);
  }

  async prepare(): Promise<void> {
    const { before = [], meanwhile } = this.operation;
    for (const program of before) await this.stack.up(this.provider(), program);
    if (meanwhile) this.world.change(meanwhile);
    this.noteSecrets();
  }

  async act(): Promise<void> {
    const { act, program } = this.operation;
    if (act === "refresh") await this.stack.refresh(this.provider());
    else if (act === "destroy") await this.stack.destroy(this.provider());
    else await this.up(program ?? {});
  }

  async up(program: Props): Promise<void> {
    const result = await this.stack.up(this.provider(), program);
    if (result === "unchanged" && !this.isDrift) this.mustAgree("although up says unchanged");
  }

  /** What somebody else removed is drift, which a refresh shows; nothing that this run did is hidden by it. */
  get isDrift(): boolean {
    return this.operation.isGone === true && this.facts === undefined;
  }

  /** What the service has of the object. */
  get facts(): Props | undefined {
    return this.operation.sample.facts(this.world.instance);
  }

  /**
   * State and service must tell the same of the object.
   *
   * @param isPartGone whether it may lack parts that somebody else removed, as nobody has looked since
   */
  mustAgree(when: string, isPartGone = false): void {
    this.noteSecrets();
    const { entry } = this.stack;
    if (!entry) return;
    if (!this.facts) throw new Error(`state holds what the service does not have ${when}`);
    for (const [field, fact] of Object.entries(this.facts)) {
      const isOutput = this.operation.outputs.includes(field);
      const inState = (isOutput ? entry.outputs : entry.inputs)[field];
      // An input that the program leaves out is the service's own affair, and not every state holds secrets.
      const mayLack = !isOutput || this.operation.secrets.includes(field);
      const isUnseen = isPartGone && this.operation.sample.isPartOf?.(fact, inState);
      if (!(mayLack && inState === undefined) && !isUnseen && !isDeepStrictEqual(inState, fact)) {
        throw new Error(`state holds another ${field} than the service ${when}`);
      }
    }
  }

  /** Nothing of the object may be left but what its inputs say. */
  mustBeGone(): void {
    const { sample, before = [], isGone } = this.operation;
    const left = isGone ? undefined : sample.leaves?.(before.at(-1) ?? {});
    if (!isDeepStrictEqual(this.facts, left)) {
      throw new Error(`destroy succeeded, and the service still holds: ${this.facts && Object.keys(this.facts)}`);
    }
  }

  /** The object's secrets as the service holds them; undefined when it is not there. */
  get secrets(): readonly unknown[] | undefined {
    const { facts } = this;
    const { sample } = this.operation;
    if (facts && sample.secrets) return sample.secrets(this.world.instance);
    return facts && this.operation.secrets.filter((field) => field in facts).map((field) => facts[field]);
  }

  noteSecrets(): void {
    for (const secret of this.secrets ?? []) if (typeof secret === "string") this.#secrets.add(secret);
  }

  mustShowNoSecret(): void {
    const { before, program, secrets, sample } = this.operation;
    const { entry, shown } = this.stack;
    const isKeptOut = [...(before ?? []), program].every((inputs) => !inputs || sample.keepsSecretsOut?.(inputs));
    const open = Object.entries(entry?.outputs ?? {}).filter(([field]) => isKeptOut || !secrets.includes(field));
    // The engine encrypts a secret that the program gives.
    const inputs = Object.entries(entry?.inputs ?? {}).filter(([field]) => !secrets.includes(field));
    const texts = [...shown, ...this.lines.flat(), JSON.stringify([open, inputs])].join("\n");
    for (const secret of this.#secrets) if (texts.includes(secret)) throw new Error("a secret is shown");
  }
}

/** What `apsaramq-mqtt policy` prints for the kind of an operation: whatever goes wrong, no other right is asked for. */
function allRightsOf({ outline }: Operation): Policy {
  return policyFor(usesOfKind(outline, "apply", instanceId), { region: "*", account: "*" });
}

/** How an operation ends by an operator with these rights: what it fails with, undefined when it does not. */
export async function endOf(
  emulator: Emulator,
  operation: Operation,
  { policy, lost }: { readonly policy: Policy /** The action whose answer is lost. */; readonly lost?: string },
): Promise<string | undefined> {
  const play = new Play(emulator, operation);
  try {
    await play.prepare();
    play.allow(policy);
    if (lost !== undefined) emulator.faults.add({ action: lost, effect: "after" });
    await play.act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await play.world.leave();
  }
}

/** An operation that nothing disturbs. */
export interface Undisturbed {
  /** What the stack and the service have of the object before it. */
  readonly entry: Entry | undefined;
  readonly facts: Props | undefined;
  /** What it asks for. */
  readonly calls: readonly JournalEntry[];
}

/** Plays an operation when nothing goes wrong. */
export async function undisturbed(emulator: Emulator, operation: Operation): Promise<Undisturbed> {
  const play = new Play(emulator, operation);
  await play.prepare();
  const { facts } = play;
  const { entry } = play.stack;
  const before = emulator.journal().length;
  await play.act().catch(() => {});
  await play.world.leave();
  return { entry, facts, calls: emulator.journal().slice(before) };
}

/** The actions that an operation asks for when nothing goes wrong. */
export async function actionsOf(emulator: Emulator, operation: Operation): Promise<string[]> {
  return (await undisturbed(emulator, operation)).calls.map(({ action }) => action);
}

/** Plays a row; what it gives is wrong with the provider. */
export async function faultIn(emulator: Emulator, row: Row): Promise<string | undefined> {
  const play = new Play(emulator, row.operation);
  try {
    await playRow(play, row);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await play.world.leave();
  }
}

async function playRow(play: Play, { operation, call, skip, action, kind, length, sequel }: Row): Promise<void> {
  const { emulator, stack } = play;
  await play.prepare();
  const { secrets: first } = play;
  const { entry } = stack;
  emulator.faults.add({ action, skip, ...kind.fault, times: length === "on and on" ? null : 1 });
  if (length === "then nothing" || length === "killed") {
    emulator.faults.add({ action: "*", skip: call, effect: "before", times: null });
  }
  const failed = await play.act().then(
    () => false,
    () => true,
  );
  if (length === "killed") stack.entry = entry;
  else if (!failed) succeeded(play);
  if (kind.isLate) emulator.faults.release();
  else emulator.faults.clear();
  play.noteSecrets();
  play.mustShowNoSecret();

  // A refresh that failed has said so, and one that was killed has said nothing; what somebody else did stays unseen until one succeeds.
  const isUnheard = failed || length === "killed";
  if (isUnheard && operation.act === "refresh" && operation.meanwhile && sequel === "again") return;
  if (sequel.startsWith("refresh")) await patiently(play, () => stack.refresh(play.provider()));
  if (operation.act === "destroy") {
    await patiently(play, () => stack.destroy(play.provider()));
    play.mustBeGone();
  } else {
    const before = operation.before?.at(-1);
    const program = sequel.endsWith("back") ? before : (operation.program ?? before);
    const refused = await patiently(play, () => play.up(program ?? {})).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const isRightlyRefused = operation.endsRefused || (play.facts && refused?.includes("already"));
    if (refused !== undefined && !isRightlyRefused) throw new Error(`the next up fails: ${refused}`);
    const isPartGone = operation.isGone && length === "killed" && sequel === "back";
    if (refused === undefined && !play.isDrift) play.mustAgree("after the next up", isPartGone);
  }
  if (operation.keeps && !first?.every((secret) => play.secrets?.includes(secret))) {
    throw new Error("what was there at the start is gone, or its secret is");
  }
  play.mustShowNoSecret();
}

/** What must hold once an operation has reported success. */
function succeeded(play: Play): void {
  if (play.operation.act === "destroy") play.mustBeGone();
  else if (play.operation.act === "up") play.mustAgree("although the operation succeeded");
}

/** Does something again while it says that it can only be told later. */
async function patiently(play: Play, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("may still arrive"))) throw error;
    play.world.now += pastSignatureMs;
    await work();
  }
}
