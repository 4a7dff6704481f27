import { newMessageId } from "../facts/identifiers";
import type { Clock } from "../foundation/clock";
import type { Device } from "./device";
import { messageLifetimeMs } from "./message";
import { reasonCodes } from "./mqtt/reasonCodes";

/** Where a client is told that a token is about to expire, and that one is not valid (documented). */
const expiryTopic = "$SYS/tokenExpireNotice";
const invalidityTopic = "$SYS/tokenInvalidNotice";
/** So long before (documented). */
const noticeMs = 5 * 60_000;
/** Of notices of invalidity (documented). */
const codes = { expired: 2, revoked: 3 } as const;

/** Watches the tokens of a connection: tells the client what becomes of them, and cuts it off with them (documented). */
export class TokenWatch {
  readonly #device: Device;
  readonly #clock: Clock;
  readonly #isCutting: () => boolean;
  #cancels: (() => void)[] = [];

  /** @param isCutting whether the end of a token is the end of the connection */
  constructor(device: Device, clock: Clock, isCutting: () => boolean) {
    this.#device = device;
    this.#clock = clock;
    this.#isCutting = isCutting;
    this.restart();
  }

  /** The client has other tokens now. */
  restart(): void {
    this.stop();
    const next = this.#device.rights.tokens?.firstToExpire();
    if (next === undefined) return;
    const { expireTime, kind: type } = next;
    const noticeAt = Math.max(expireTime - noticeMs, this.#clock.now());
    this.#cancels = [
      this.#clock.at(noticeAt, () => this.#notify(expiryTopic, { expireTime, type })),
      this.#clock.at(expireTime, () => this.#end("expired", type)),
    ];
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  revoked(token: string): void {
    const type = this.#device.rights.tokens?.kindOf(token);
    if (type !== undefined) this.#end("revoked", type);
  }

  #end(reason: keyof typeof codes, type: string): void {
    if (!this.#isCutting()) return;
    this.#notify(invalidityTopic, { code: codes[reason], type });
    const verb = reason === "expired" ? "has expired" : "was revoked";
    this.#device.end({
      info: "resource auth failed",
      reasonCode: reasonCodes.notAuthorized,
      text: `the ${type} token of the client ${verb}`,
    });
  }

  #notify(topic: string, content: object): void {
    const message = {
      id: newMessageId(),
      topic,
      payload: Buffer.from(JSON.stringify(content)),
      qos: 0,
      publisher: null,
      properties: {},
      expiresAt: this.#clock.now() + messageLifetimeMs(undefined),
      hasExpiry: false,
    } as const;
    this.#device.send({ message, qos: 0, retain: false, subscriptionIdentifiers: [], hasWaited: false }, 0, false);
  }
}
