import { isTopic, isTopicFilter, parentTopicOf } from "../facts/topics";
import type { Service } from "../service/service";
import type { Instance } from "../state/state";
import type { Operation, Rights } from "./rights";

/** `<parent topic>/p2p/<client id>` reaches that client, which need not subscribe, and no other (documented). */
const p2pPattern = /^[^/]+\/p2p\/([^/]+)$/;

/** Whom a topic addresses, or undefined for one that is open to all. */
export function receiverOf(topic: string): string | undefined {
  return p2pPattern.exec(topic)?.[1];
}

/** Why a client must not use a topic, or undefined if it may. */
export function denial(
  { state: { assumptions } }: Service,
  { properties: { topics } }: Instance,
  rights: Rights,
  operation: Operation,
  topic: string,
): string | undefined {
  const isWellFormed = operation === "PUB" ? isTopic(topic) : isTopicFilter(topic);
  if (!isWellFormed) return "3 to 64 characters that begin with a parent topic are expected";
  const parentTopic = parentTopicOf(topic);
  if (!topics.includes(parentTopic) && assumptions.unknownTopic === "refused") {
    return `there is no parent topic ${parentTopic}`;
  }
  const isPermitted =
    operation === "PUB" && receiverOf(topic) !== undefined
      ? maySendTo(rights, topic, parentTopic, assumptions.p2pSender)
      : rights.may(operation, topic);
  return isPermitted ? undefined : rights.expectation;
}

function maySendTo(
  rights: Rights,
  topic: string,
  parentTopic: string,
  reading: "parentTopic" | "anySubtopic" | "topicItself",
): boolean {
  if (rights.may("PUB", topic)) return true;
  if (reading === "topicItself") return false;
  return rights.may("PUB", parentTopic) || (reading === "anySubtopic" && rights.maySomewhere("PUB", parentTopic));
}
