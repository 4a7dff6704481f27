import { covers } from "../facts/topics";
import type { Allowance } from "./allowance";
import { type Message, weightOf } from "./message";

/** Topics with a retained message; more are not kept. */
const maxTopics = 1000;

/** The last message of each topic that was to be retained, where the assumption says so. */
export class RetainedMessages {
  readonly #messages = new Map<string, Message>();
  readonly #allowance: Allowance;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** Takes away the one that was there, also if there is no room for a new one or that is empty. */
  keep(message: Message): void {
    const { topic, payload } = message;
    const former = this.#messages.get(topic);
    if (former !== undefined) this.#allowance.giveBack(weightOf(former));
    this.#messages.delete(topic);
    if (payload.length === 0 || this.#messages.size >= maxTopics || !this.#allowance.take(weightOf(message))) return;
    this.#messages.set(topic, message);
  }

  of(filter: string): Message[] {
    return [...this.#messages.values()].filter(({ topic }) => covers(filter, topic));
  }
}
