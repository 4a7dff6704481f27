import { createGuardChoices } from "../../kinds/configuration";
import { isKnown } from "../../kinds/fields";
import { ifExistsChoices } from "../../kinds/ifExists";
import { objectOf } from "../../kinds/object";
import type { Terms } from "../../provider/foresight";
import type { Item } from "../../provider/inventory";
import { notSeen } from "../../provider/unclear";
import { partsOf } from "../stacks/resource";
import type { Answers } from "./answers";
import { Holders } from "./holders";
import { heldBy, isRemoval, lastOf, nameOf, newObject, oldObject, outlineOf, placeOf } from "./objects";
import type { OldSide, Preview, Step } from "./preview";
import { fieldTexts, inCase, providerUnknown, said, sayings, typeOf } from "./sayings";
import { anyNumber, type Fate, type Weighed, weighed } from "./weighed";

/** Nothing is done, and the object stays. */
const leaves = (text: string): Fate => ({ deed: "kept", type: "left", text, calls: [] });
const refused = (text: string): Fate => ({ deed: "refused", type: "refused", text, calls: [] });

/** What an up of a preview comes to, a change for each resource that has one. */
export function changesOf(preview: Preview, answers: Answers, begunAt: string): Weighed[] {
  return new Weighing(preview, answers, begunAt).all();
}

class Weighing {
  readonly #holders: Holders;
  readonly #deleted: ReadonlySet<string>;
  /** Objects that leave the service by a step of their own. */
  readonly #leaving: ReadonlySet<string>;

  constructor(
    private readonly preview: Preview,
    private readonly answers: Answers,
    private readonly begunAt: string,
  ) {
    this.#holders = new Holders(preview.steps, answers);
    this.#deleted = new Set(preview.steps.filter(({ op }) => op === "delete").map(({ urn }) => urn));
    this.#leaving = new Set(
      preview.steps.flatMap((step) =>
        step.old && isRemoval(step) && !this.#stays(step, step.old) ? heldBy(step) : [],
      ),
    );
  }

  all(): Weighed[] {
    return this.preview.steps.flatMap((step) => this.#weighed(step) ?? []);
  }

  #weighed(step: Step): Weighed | undefined {
    const { old } = step;
    switch (step.op) {
      case "create":
        return weighed(step, this.#creation(step));
      case "delete":
        return old && weighed(step, this.#removal(step, old));
      case "replace":
        return old && this.#replacement(step, old);
      case "update":
        return old && this.#update(step, old);
      case "same":
        return old && noted(step);
    }
  }

  #creation(step: Step): Fate {
    const { kind, inputs } = step;
    const object = newObject(step);
    const terms = this.#terms(step);
    const twin = this.#holders.twin(step, object);
    if (twin !== undefined) {
      return refused(`${twin} stands for the same object`);
    }
    const existing = this.#holders.existing(step, object);
    const settings = step.settings ? [] : [providerUnknown(step.provider)];
    if (existing !== "unknown") {
      const made = kind.create(inputs, terms, existing);
      return { ...made, type: typeOf(made.deed), unknowns: settings };
    }
    if (kind.isFound) {
      const made = kind.create(inputs, terms, {});
      const isOne = kind.members({}) === undefined;
      const open = isOne
        ? "whether its device has connected; if not the up waits, or fails at it"
        : "which certificates match";
      return { ...made, type: typeOf(made.deed), unknowns: [...settings, open] };
    }
    const made = kind.create(inputs, terms, undefined);
    const isFleet = kind.outline.declares !== undefined;
    const there = kind.create(inputs, terms, isFleet ? { devices: inputs.devices } : {});
    const ifThere = typeOf(there.deed);
    const what = isFleet ? "whether devices of it have a credential already" : "whether it exists already";
    return {
      ...made,
      type: typeOf(made.deed),
      ifThere,
      ...(there.rotates !== undefined && { mayRotate: there.rotates }),
      unknowns: [...settings, `${what}; if so ${inCase[ifThere] ?? ifThere}`],
    };
  }

  #removal(step: Step, old: OldSide): Fate {
    if (old.isProtected) {
      return refused("it is protected");
    }
    const stays = this.#stays(step, old);
    if (stays !== undefined) {
      return leaves(stays);
    }
    const { kind } = step;
    const { deletedWith } = old;
    const terms = this.#terms(step);
    if (deletedWith !== undefined && this.#deleted.has(deletedWith)) {
      const alone = kind.remove(old.state, 0, terms);
      return { ...alone, type: typeOf(alone.deed), text: `with ${partsOf(deletedWith).name}`, calls: [] };
    }
    const holds = kind.holds(old.state);
    const items = holds && this.answers.heldBy(step);
    if (holds && items) {
      return this.#removalOf(step, old, holds.of, items);
    }
    const removal = kind.remove(old.state, 0, terms);
    const what = holds?.of === "DeviceCertificate" ? "device certificates" : "credentials";
    return {
      ...removal,
      type: typeOf(removal.deed),
      ...(holds && {
        text: [removal.text, holds.mayGo ? `with the ${what} that it then has` : ""].filter(Boolean).join("; "),
        mayRemove: holds.mayGo ? anyNumber : 0,
        unknowns: [
          holds.mayGo ? `which ${what} go along with it` : `whether it still has ${what}; if so the up fails at it`,
        ],
      }),
    };
  }

  /** The removal of what holds such objects, some of which leave the service before it. */
  #removalOf(step: Step, old: OldSide, kindName: string, items: readonly Item[]): Fate {
    const outline = outlineOf(kindName);
    const object = (item: Item) => objectOf(outline, placeOf(step), item);
    const rest = items.filter((item) => !this.#leaving.has(object(item)));
    const mine = rest.filter((item) => this.#holders.isDeclared(object(item)));
    if (mine.length > 0 && kindName === "DeviceCredential") {
      return refused(`it has ${mine.length} credentials that the program declares`);
    }
    const removal = step.kind.remove(old.state, rest.length, this.#terms(step));
    const isAlong = removal.deed !== "refused" && rest.length > 0;
    return { ...removal, type: typeOf(removal.deed), ...(isAlong && { along: rest, alongKind: kindName }) };
  }

  /** Why an object stays in the service although its entry goes; undefined when it does not. */
  #stays(step: Step, { isRetained }: OldSide): string | undefined {
    if (isRetained) {
      return "retainOnDelete keeps it";
    }
    const object = oldObject(step);
    const other = this.#holders.other(step, object);
    if (other) {
      return `${nameOf(other)} stands for it too`;
    }
    const isItself = step.op === "replace" && newObject(step) === object;
    if (isItself && step.old && !step.kind.goesFirst(step.inputs, step.old.state)) {
      return "it is its own successor";
    }
    const members = step.old && step.kind.members(step.old.state);
    // Also what takes its place declares them.
    if (
      members?.length &&
      members.every((one) => this.#holders.isDeclared(objectOf(one.outline, placeOf(step), one.known)))
    ) {
      return "others stand for all that it holds";
    }
    return undefined;
  }

  #replacement(step: Step, old: OldSide): Weighed {
    const removal = this.#removal(step, old);
    const reasons = step.replaceReasons.filter((name) => name in step.kind.outline.inputs);
    if (reasons.length > 0 && reasons.every((name) => !isKnown(step.inputs[name]))) {
      return this.#perhapsReplaced(step, old, reasons, removal);
    }
    const creation = this.#creation(step);
    const isRefused = removal.type === "refused" || creation.type === "refused";
    const because = reasons.length > 0 ? `${reasons.join(", ")}: ` : "forced: ";
    const id = step.newId === undefined ? "one that is not known yet" : lastOf(step.newId);
    const text = `${because}${lastOf(old.id)} ${said(removal)}, ${id} ${said(creation)}`;
    const loses = [...(removal.loses ?? []), ...(creation.loses ?? [])];
    const fate: Fate = {
      ...creation,
      type: isRefused ? "refused" : "replaced",
      text,
      removes: removal.removes ?? 0,
      mayRemove: removal.mayRemove ?? 0,
      calls: creation.calls,
      oldCalls: removal.calls,
      unknowns: [...(creation.unknowns ?? []), ...(removal.unknowns ?? [])],
      ...(removal.along && { along: removal.along, alongKind: removal.alongKind ?? "" }),
      ...(loses.length > 0 && { loses }),
    };
    return weighed(step, fate, removal.deed);
  }

  /** What changes only if inputs do that are not known yet: an update of another resource makes its outputs unknown. */
  #perhapsReplaced(step: Step, old: OldSide, reasons: readonly string[], removal: Fate): Weighed {
    const kept = Object.fromEntries(reasons.map((name) => [name, old.state[name]]));
    const stays = step.kind.update({ ...step.inputs, ...kept }, old.state, this.#terms(step));
    const rest = step.changed.filter((name) => !reasons.includes(name));
    const fate: Fate = {
      ...stays,
      type: "perhapsReplaced",
      text: `if ${reasons.join(", ")} changes it ${sayings[removal.deed]}, else it ${sayings[stays.deed]}`,
      mayRotate: stays.deed === "rotated" ? (stays.rotates ?? 1) : (stays.mayRotate ?? false),
      removes: 0,
      mayRemove: (removal.removes ?? 0) + (removal.mayRemove ?? 0),
      // With nothing else to change it is no update either.
      calls: rest.length > 0 || stays.deed !== "kept" ? stays.calls : [],
      unknowns: [`whether ${reasons.join(", ")} changes`],
    };
    return weighed(step, { ...fate, deed: "kept" }, removal.deed);
  }

  #update(step: Step, { state, unclear, failures }: OldSide): Weighed | undefined {
    const foreseen = step.kind.update(step.inputs, state, this.#terms(step));
    const [failure] = failures;
    const open = unclear ? notSeen(unclear) : failure && `the last update failed: ${failure}`;
    // A preview showed an update, but for what only seemed to change.
    if (step.changed.length === 0 && foreseen.deed === "kept" && open === undefined && step.replaceReasons.length > 0) {
      return undefined;
    }
    const type = open !== undefined && (unclear || foreseen.deed === "kept") ? "unsettled" : typeOf(foreseen.deed);
    const unseen = step.unseen.map((name) => `what of ${name} changes: it is secret as a whole`);
    const mayRotate =
      foreseen.mayRotate ||
      unseen.length > 0 ||
      (unclear !== undefined && "rotationTriggers" in step.kind.outline.inputs);
    const fate: Fate = {
      ...foreseen,
      type,
      text: [foreseen.text, ...fieldTexts(step, state, foreseen.text), open].filter(Boolean).join("; "),
      mayRotate: foreseen.deed !== "rotated" && (mayRotate ?? false),
      unknowns: [
        ...unseen,
        ...(foreseen.mayRotate ? ["whether it gets a new secret: what decides on that is not known before apply"] : []),
        ...(unclear ? ["what came of a write that nobody has seen the end of"] : []),
      ],
    };
    return weighed(step, fate);
  }

  #terms(step: Step): Terms {
    const { "apsaramq:ifExists": ifExists, "apsaramq:createGuard": createGuard } = step.settings ?? {};
    return {
      begunAt: this.begunAt,
      ifExists: ifExistsChoices.find((one) => one === ifExists) ?? "fail",
      createGuard: createGuardChoices.find((one) => one === createGuard) ?? "get",
      isDeclaredElsewhere: (device) =>
        this.#holders.isDeclared(objectOf(outlineOf("DeviceCredential"), placeOf(step), { ...device })),
    };
  }
}

/** What only counts later, which the engine takes for no change. */
function noted(step: Step): Weighed | undefined {
  const { changed, old, kind } = step;
  if (changed.length === 0 || !old) {
    return undefined;
  }
  const whens = changed.map((name) => {
    const when = kind.outline.inputs[name]?.onlyAt === "create" ? "made" : "deleted";
    return `${name} counts when it is ${when}`;
  });
  return weighed(step, { deed: "kept", type: "noted", text: whens.join("; "), calls: [] });
}
