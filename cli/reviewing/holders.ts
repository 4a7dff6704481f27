import { isKnown } from "../../kinds/fields";
import { idOf, objectOf } from "../../kinds/object";
import type { Declared } from "../../kinds/outline";
import { append } from "../grouped";
import type { Values } from "../stacks/resource";
import type { Answers } from "./answers";
import { declared, heldBy, madeBy, nameOf, oldObject, placeOf } from "./objects";
import type { Step } from "./preview";

/** Which steps of a preview stand for an object: by the program, and by what state holds. */
export class Holders {
  readonly #declaring = new Map<string, Step[]>();
  readonly #holding = new Map<string, Step[]>();

  constructor(
    steps: readonly Step[],
    private readonly answers: Answers,
  ) {
    for (const step of steps) {
      for (const object of declared(step)) {
        append(this.#declaring, object, step);
      }
      for (const object of heldBy(step)) {
        append(this.#holding, object, step);
      }
    }
  }

  /** Whether the program declares an object. */
  isDeclared(object: string): boolean {
    return this.#declaring.has(object);
  }

  /** Another step whose program declares an object. */
  other(step: Step, object: string | undefined): Step | undefined {
    return this.#declaring.get(object ?? "")?.find(({ urn }) => urn !== step.urn);
  }

  /** What is known of an object that is to be made. */
  existing(step: Step, object: string | undefined): Values | undefined | "unknown" {
    const { old, kind, inputs } = step;
    if (object === undefined) {
      return "unknown";
    }
    if (old && oldObject(step) === object) {
      return kind.goesFirst(inputs, old.state) ? undefined : old.state;
    }
    if (kind.outline.declares) {
      return this.#existingDevices(step);
    }
    const isThere = this.#isThere(step, { outline: kind.outline, values: inputs });
    return isThere === undefined ? "unknown" : isThere ? {} : undefined;
  }

  /** What is known of a fleet that is to be made: those of its devices that have a credential already. */
  #existingDevices(step: Step): Values | "unknown" {
    const all = madeBy(step).map((one) => [String(one.values.clientId), this.#isThere(step, one)] as const);
    const isOpen = !isKnown(step.inputs.devices) || all.some(([, isThere]) => isThere === undefined);
    const there = all.filter(([, isThere]) => isThere).map(([clientId]) => [clientId, {}]);
    return isOpen ? "unknown" : { devices: Object.fromEntries(there) };
  }

  /** Whether an object that a step makes is there already, by the stack or the service; undefined when nobody knows. */
  #isThere(step: Step, { outline, values }: Declared): boolean | undefined {
    const isHeld = this.#holding.has(objectOf(outline, placeOf(step), values));
    return isHeld || (step.isGone ? false : this.answers.isThere(step, idOf(outline, values)));
  }

  /** Another resource of the program that stands for the object. */
  twin(step: Step, object: string | undefined): string | undefined {
    const [first] = object === undefined ? [] : (this.#declaring.get(object) ?? []);
    return first && first.urn !== step.urn ? nameOf(first) : undefined;
  }
}
