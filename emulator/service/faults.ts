import { DecodeError } from "../foundation/decode";
import { type ActionFault, decodeFault, type Fault, isLoginFault, type LoginFault } from "./faultForms";

/**
 * The faults in the order they were added: a script. A call meets the first that is for it, which lets it pass, strikes
 * and counts down, or spares it by chance and leaves it to the next one. What is used up is gone.
 */
export class Faults {
  #faults: Fault[] = [];
  #nextId = 1;
  readonly #random: () => number;

  /** @param random a number from 0 to below 1, as `Math.random` */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a fault to the end. Throws a `DecodeError` for what is none, or makes no sense. */
  add(request: unknown): Fault {
    const [fault] = this.addAll([request]);
    return fault as Fault;
  }

  /** Adds a list of faults in its order, all or none. */
  addAll(requests: readonly unknown[]): Fault[] {
    const faults = requests.map((request) => decodeFault(request, () => String(this.#nextId++)));
    const ids = [...this.#faults, ...faults].map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) < index);
    if (twice !== undefined) throw new DecodeError(`id: there is a fault ${twice} already`);
    this.#faults.push(...faults);
    return faults;
  }

  list(): Fault[] {
    return [...this.#faults];
  }

  /** Removes one. Throws a `DecodeError` when it is not there, or no more. */
  remove(id: string): void {
    const index = this.#faults.findIndex((fault) => fault.id === id);
    if (index < 0) throw new DecodeError(`id: there is no fault ${id}, or it has struck`);
    this.#faults.splice(index, 1);
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault a call of an action meets, counted down. */
  strike(action: string, object: string | null): ActionFault | undefined {
    return this.#strike(
      (fault): fault is ActionFault => !isLoginFault(fault) && (fault.action === "*" || fault.action === action),
      object,
    );
  }

  /** The fault the login of a client meets, counted down. */
  strikeLogin(clientId: string): LoginFault | undefined {
    return this.#strike(isLoginFault, clientId);
  }

  #strike<F extends Fault>(isOfKind: (fault: Fault) => fault is F, object: string | null): F | undefined {
    for (const [index, fault] of this.#faults.entries()) {
      if (!isOfKind(fault) || (fault.object !== undefined && fault.object !== object)) continue;
      const { skip = 0 } = fault;
      if (skip > 0) {
        this.#faults[index] = { ...fault, skip: skip - 1 };
        return undefined;
      }
      if (this.#random() >= fault.probability) continue;
      this.#countDown(index, fault);
      return fault;
    }
    return undefined;
  }

  #countDown(index: number, fault: Fault): void {
    if (fault.times === null) return;
    if (fault.times === 1) this.#faults.splice(index, 1);
    else this.#faults[index] = { ...fault, times: fault.times - 1 };
  }
}
