/** A message on its way to the subscribers of a topic. */
export interface PublishedMessage {
  readonly instanceId: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly messageId: string;
}

/** Hands a message to the broker. What it throws is answered as a failure to send. */
export type Publish = (message: PublishedMessage) => void;
