import { maxTopicAliases } from "./device";
import type { Publish } from "./mqtt/packets";
import { ProtocolError, protocolError } from "./mqtt/reasonCodes";

/** What a client calls its topics on one connection. */
export class TopicAliases {
  readonly #topics = new Map<number, string>();
  readonly #overLimit: () => "topicNameInvalid" | "topicAliasInvalid";

  /** @param overLimit the reason for refusing an alias that is too high */
  constructor(overLimit: () => "topicNameInvalid" | "topicAliasInvalid") {
    this.#overLimit = overLimit;
  }

  /** The topic of a message. Throws a `ProtocolError` for an alias that is none. */
  resolve({ topic, properties: { topicAlias } }: Publish): string {
    if (topicAlias === undefined) return topic;
    if (topicAlias > maxTopicAliases) {
      throw new ProtocolError(this.#overLimit(), `a topic alias is above ${maxTopicAliases}`);
    }
    if (topic !== "") this.#topics.set(topicAlias, topic);
    const known = this.#topics.get(topicAlias);
    if (known === undefined) throw protocolError(`the topic alias ${topicAlias} stands for no topic`);
    return known;
  }
}
