import type { Delivery } from "./message";

/** How a session reaches its client while that is connected. */
export interface Channel {
  /** So many messages may be under way without an answer. */
  readonly window: number;
  readonly isStalled: boolean;
  /** @returns false for a message that is too large for the client, which is then done with */
  send(delivery: Delivery, id: number, isRepeated: boolean): boolean;
  /** The second step of a quality of service of 2. */
  release(id: number): void;
  /** A message for it was dropped. */
  dropped(): void;
}

/** A message the client has not answered for. */
interface Unanswered {
  readonly delivery: Delivery;
  isReleased: boolean;
}

const maxPacketId = 65_535;

/** What is under way to one client, and what waits for it: in its order, at most so much. */
export class Outbox {
  readonly #maxWaiting: number;
  readonly #maxWaitingBytes: number;
  readonly #isDue: (delivery: Delivery) => boolean;
  #channel: Channel | undefined;
  #waiting: Delivery[] = [];
  #waitingBytes = 0;
  /** By packet id, in the order they were sent. */
  readonly #unanswered = new Map<number, Unanswered>();
  /** Ids of those that an earlier connection has left unanswered. */
  #toRepeat: number[] = [];
  #lastId = 0;

  /** @param isDue whether a message may still be delivered */
  constructor(isDue: (delivery: Delivery) => boolean, { maxWaiting, maxWaitingBytes }: Limits) {
    this.#isDue = isDue;
    this.#maxWaiting = maxWaiting;
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  /** Sends a message at once, keeps it, or drops it. */
  add(delivery: Delivery): void {
    if (delivery.qos === 0) {
      if (this.#channel?.isStalled === true) this.#channel.dropped();
      else this.#channel?.send(delivery, 0, false);
      return;
    }
    const { length } = delivery.message.payload;
    if (this.#waiting.length >= this.#maxWaiting || this.#waitingBytes + length > this.#maxWaitingBytes) {
      this.#forgetExpired();
    }
    if (this.#waiting.length >= this.#maxWaiting || this.#waitingBytes + length > this.#maxWaitingBytes) {
      this.#channel?.dropped();
      return;
    }
    this.#waiting.push(delivery);
    this.#waitingBytes += length;
    this.pump();
  }

  /** The client is there: what it has not answered for is sent again, then what waits. */
  attach(channel: Channel): void {
    this.#channel = channel;
    this.#forgetExpired();
    for (const [id, { delivery, isReleased }] of this.#unanswered) {
      if (!isReleased && !this.#isDue(delivery)) this.#unanswered.delete(id);
    }
    this.#toRepeat = [...this.#unanswered.keys()];
    this.pump();
  }

  detach(): void {
    this.#channel = undefined;
  }

  /** The client has answered for a message, and is done with it. */
  settle(id: number): boolean {
    const isKnown = this.#unanswered.delete(id);
    if (isKnown) this.pump();
    return isKnown;
  }

  /** The client has got a message of a quality of service of 2. */
  release(id: number): boolean {
    const unanswered = this.#unanswered.get(id);
    if (unanswered === undefined) return false;
    unanswered.isReleased = true;
    return true;
  }

  /** Sends what can be sent now. */
  pump(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    while (!channel.isStalled && this.#unanswered.size - this.#toRepeat.length < channel.window) {
      if (!this.#repeatOne(channel) && !this.#sendOne(channel)) return;
    }
  }

  #repeatOne(channel: Channel): boolean {
    const id = this.#toRepeat.shift();
    if (id === undefined) return false;
    const unanswered = this.#unanswered.get(id);
    if (unanswered?.isReleased === true) channel.release(id);
    else if (unanswered !== undefined && !channel.send(unanswered.delivery, id, true)) this.#unanswered.delete(id);
    return true;
  }

  #sendOne(channel: Channel): boolean {
    const delivery = this.#waiting[0];
    const id = delivery === undefined ? undefined : this.#nextId();
    if (delivery === undefined || id === undefined) return false;
    this.#waiting.shift();
    this.#waitingBytes -= delivery.message.payload.length;
    if (!this.#isDue(delivery)) return true;
    this.#unanswered.set(id, { delivery, isReleased: false });
    if (!channel.send(delivery, id, false)) this.#unanswered.delete(id);
    return true;
  }

  #forgetExpired(): void {
    this.#waiting = this.#waiting.filter((delivery) => this.#isDue(delivery));
    this.#waitingBytes = this.#waiting.reduce((sum, { message }) => sum + message.payload.length, 0);
  }

  #nextId(): number | undefined {
    if (this.#unanswered.size >= maxPacketId) return undefined;
    do this.#lastId = (this.#lastId % maxPacketId) + 1;
    while (this.#unanswered.has(this.#lastId));
    return this.#lastId;
  }
}

export interface Limits {
  /** Messages that wait for one client. */
  readonly maxWaiting: number;
  /** Of their payloads together. */
  readonly maxWaitingBytes: number;
}
