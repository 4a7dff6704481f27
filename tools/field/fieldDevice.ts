import { connect, type MqttClient } from "mqtt";
import type { Login } from "./operator";

/** A device in the field: it keeps the login that it was given, and fetches another one when its time has come. */
export class FieldDevice {
  /** When it fetches its new login; undefined while it has the present one, or never does. */
  dueAt: number | undefined;
  /** Whether its first login has been replaced. */
  isRotated = false;
  /** When it last logged in by a login that was new to it. */
  renewedAt = 0;
  #client: MqttClient | undefined;

  constructor(
    readonly name: string,
    private readonly url: string,
    private login: Login,
    /** Whether it fetches new logins at all. */
    readonly fetches: boolean,
  ) {}

  take(login: Login): void {
    this.login = login;
  }

  /** Drops its connection and logs in by what it holds; whether it is let in. */
  async reconnects(): Promise<boolean> {
    this.leave();
    // Time is set in this field, so that nothing is too late by the clock of the machine.
    const client = connect(this.url, { ...this.login, reconnectPeriod: 0, keepalive: 0, connectTimeout: 600_000 });
    this.#client = client;
    return new Promise((resolve) => {
      client.once("connect", () => resolve(true));
      client.once("close", () => resolve(false));
      // A refusal is told by the end of the connection as well.
      client.on("error", () => {});
    });
  }

  leave(): void {
    this.#client?.end(true);
    this.#client = undefined;
  }
}
