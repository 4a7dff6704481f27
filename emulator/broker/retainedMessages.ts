import { covers } from "../facts/topics";
import type { Message } from "./message";

/** Topics with a retained message; more are not kept. */
const maxTopics = 1000;

/** The last message of each topic that was to be retained, where the assumption says so. */
export class RetainedMessages {
  readonly #messages = new Map<string, Message>();

  /** An empty one takes the one that was there away. */
  keep(message: Message): void {
    const { topic, payload } = message;
    if (payload.length === 0) this.#messages.delete(topic);
    else if (this.#messages.has(topic) || this.#messages.size < maxTopics) this.#messages.set(topic, message);
  }

  of(filter: string): Message[] {
    return [...this.#messages.values()].filter(({ topic }) => covers(filter, topic));
  }
}
