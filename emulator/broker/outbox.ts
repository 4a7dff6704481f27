import type { Allowance } from "./allowance";
import { type Delivery, weightOf } from "./message";

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
  readonly #maxBytes: number;
  readonly #allowance: Allowance;
  readonly #isDue: (delivery: Delivery) => boolean;
  #channel: Channel | undefined;
  #waiting: Delivery[] = [];
  #waitingBytes = 0;
  /** By packet id, in the order they were sent. */
  readonly #unanswered = new Map<number, Unanswered>();
  #unansweredBytes = 0;
  /** Ids of those that an earlier connection has left unanswered. */
  #toRepeat: number[] = [];
  #lastId = 0;

  /** @param isDue whether a message may still be delivered */
  constructor(isDue: (delivery: Delivery) => boolean, { maxWaiting, maxBytes, allowance }: Limits) {
    this.#isDue = isDue;
    this.#maxWaiting = maxWaiting;
    this.#maxBytes = maxBytes;
    this.#allowance = allowance;
  }

  /** Sends a message at once, keeps it, or drops it. */
  add(delivery: Delivery): void {
    const channel = this.#channel;
    if (delivery.qos === 0) {
      if (channel?.isStalled === true) channel.dropped();
      else channel?.send(delivery, 0, false);
      return;
    }
    const isFirst = this.#waiting.length === 0 && this.#toRepeat.length === 0;
    if (channel !== undefined && isFirst && this.#hasRoom(channel) && this.#send(channel, delivery)) return;
    if (this.#keep(delivery)) return;
    this.#forgetExpired();
    if (!this.#keep(delivery)) channel?.dropped();
  }

  /** The client is there: what it has not answered for is sent again, then what waits. */
  attach(channel: Channel): void {
    this.#channel = channel;
    this.#allowance.giveBack(this.#unansweredBytes);
    this.#forgetExpired();
    for (const [id, { delivery, isReleased }] of this.#unanswered) {
      if (!isReleased && !this.#isDue(delivery)) this.#forget(id);
    }
    this.#toRepeat = [...this.#unanswered.keys()];
    this.pump();
  }

  /** The client is gone, and what it has not answered for waits like all that comes from now on. */
  detach(): void {
    this.#channel = undefined;
    for (const [id, { delivery }] of this.#unanswered) {
      if (!this.#allowance.take(weightOf(delivery.message))) this.#forget(id);
    }
  }

  /** Nobody will come for what is left behind. */
  clear(): void {
    this.#allowance.giveBack(this.#waitingBytes);
    if (this.#channel === undefined) this.#allowance.giveBack(this.#unansweredBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#unanswered.clear();
    this.#unansweredBytes = 0;
  }

  /** The client has answered for a message, and is done with it. */
  settle(id: number): boolean {
    const isKnown = this.#forget(id);
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
    while (this.#hasRoom(channel)) {
      if (!this.#repeatOne(channel) && !this.#sendWaiting(channel)) return;
    }
  }

  #hasRoom(channel: Channel): boolean {
    return !channel.isStalled && this.#unanswered.size - this.#toRepeat.length < channel.window;
  }

  #repeatOne(channel: Channel): boolean {
    const id = this.#toRepeat.shift();
    if (id === undefined) return false;
    const unanswered = this.#unanswered.get(id);
    if (unanswered?.isReleased === true) channel.release(id);
    else if (unanswered !== undefined && !channel.send(unanswered.delivery, id, true)) this.#forget(id);
    return true;
  }

  #sendWaiting(channel: Channel): boolean {
    const [delivery] = this.#waiting;
    if (delivery === undefined) return false;
    if (this.#isDue(delivery) && !this.#send(channel, delivery)) return false;
    this.#waiting.shift();
    this.#stopWaiting(delivery);
    return true;
  }

  /** @returns false when it has to wait, as too much is unanswered */
  #send(channel: Channel, delivery: Delivery): boolean {
    const id = this.#unansweredBytes < this.#maxBytes ? this.#nextId() : undefined;
    if (id === undefined) return false;
    this.#unanswered.set(id, { delivery, isReleased: false });
    this.#unansweredBytes += weightOf(delivery.message);
    if (!channel.send(delivery, id, false)) this.#forget(id);
    return true;
  }

  /** @returns whether the client has still had to answer for it */
  #forget(id: number): boolean {
    const unanswered = this.#unanswered.get(id);
    if (unanswered === undefined) return false;
    this.#unansweredBytes -= weightOf(unanswered.delivery.message);
    return this.#unanswered.delete(id);
  }

  /** @returns false when there is no room for it */
  #keep(delivery: Delivery): boolean {
    const weight = weightOf(delivery.message);
    const isFull = this.#waiting.length >= this.#maxWaiting || this.#waitingBytes + weight > this.#maxBytes;
    if (isFull || !this.#allowance.take(weight)) return false;
    this.#waiting.push(delivery);
    this.#waitingBytes += weight;
    return true;
  }

  #stopWaiting(delivery: Delivery): void {
    const weight = weightOf(delivery.message);
    this.#waitingBytes -= weight;
    this.#allowance.giveBack(weight);
  }

  #forgetExpired(): void {
    this.#waiting = this.#waiting.filter((delivery) => {
      const isDue = this.#isDue(delivery);
      if (!isDue) this.#stopWaiting(delivery);
      return isDue;
    });
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
  /** Of what waits, and of what is under way: payloads and properties together. */
  readonly maxBytes: number;
  /** What may wait for all clients together. */
  readonly allowance: Allowance;
}
