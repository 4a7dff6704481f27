import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "apsaramq-mqtt-emulator";
import { mqttPassword, mqttUsername } from "../../kinds/deviceLogin";
import { clientIdOf, wordsIn } from "../../kinds/fleetDevices";
import { stubKey } from "../../kinds/inState";
import { Declarations } from "../../machine/declarations";
import { InterruptedWrites } from "../../machine/interruptedWrites";
import { type DynamicProvider, dynamicProvider } from "../../provider/dynamicProvider";
import { logOver } from "../../provider/engineLog";
import { machineLimiters } from "../../provider/limiters";
import { deviceCredentialFleet } from "../../provider/resources/deviceCredentialFleet";
import { Run } from "../../provider/run";

type Props = Readonly<Record<string, unknown>>;

/** What a device logs in with. */
export interface Login {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
}

/** Works on the fleet of an emulator as `pulumi up` does, by the provider and a clock that is set. */
export class Operator {
  #state: Props = {};
  #hasFailed = false;
  readonly #temporaryFolder = mkdtempSync(join(tmpdir(), "field-"));
  readonly #interruptedWrites = new InterruptedWrites([this.#temporaryFolder]);

  constructor(
    private readonly emulator: Emulator,
    private readonly place: { readonly instanceId: string; readonly groupId: string },
    /** Milliseconds since the epoch. */
    private readonly now: () => number,
  ) {}

  close(): void {
    rmSync(this.#temporaryFolder, { recursive: true });
  }

  /** Gives why it failed, if it did. */
  async up(inputs: Props): Promise<string | undefined> {
    const fleet = this.#provider();
    const program = { ...this.place, fleetName: "devices", ...inputs };
    const id = `${this.place.instanceId}/${this.place.groupId}/devices`;
    const isNew = Object.keys(this.#state).length === 0;
    try {
      const { inputs: checked = {} } = await fleet.check(isNew ? {} : this.#state, program);
      const news = { ...checked, [stubKey]: "stub" };
      const isSame = !isNew && !this.#hasFailed && (await fleet.diff(id, this.#state, news)).changes === false;
      if (!isSame) {
        const { outs = {} } = isNew ? await fleet.create(news) : await fleet.update(id, this.#state, news);
        this.#keep(outs, false);
      }
      return undefined;
    } catch (error) {
      const { message, properties } = error as Error & { readonly properties?: Props };
      if (properties) this.#keep(properties, true);
      return message;
    }
  }

  get rotating(): { readonly pending?: readonly string[]; readonly stopped?: string } | undefined {
    return this.#state.rotating as Operator["rotating"];
  }

  /** The output `logins`: of each device by its name. */
  logins(): ReadonlyMap<string, Login> {
    const { instanceId, groupId } = this.place;
    return new Map(
      [...wordsIn(String(this.#state.credentials))].map(([name, [keyId = "", , secret = ""]]) => {
        const clientId = clientIdOf(name, groupId) ?? name;
        const username = mqttUsername(keyId, instanceId);
        return [name, { clientId, username, password: mqttPassword(secret, clientId) }];
      }),
    );
  }

  #keep(state: Props, hasFailed: boolean): void {
    this.#state = { ...state, [stubKey]: "stub" };
    this.#hasFailed = hasFailed;
  }

  #provider(): DynamicProvider {
    const { endpoint, accessKeyId, accessKeySecret, regionId } = this.emulator;
    const run = new Run({
      environment: () => undefined,
      readFile: (path) => readFileSync(path, "utf8"),
      now: () => performance.now(),
      wallClock: this.now,
      sleep: async () => {},
      every: () => () => {},
      log: logOver(
        () => {},
        () => performance.now(),
      ),
      declarations: new Declarations(undefined),
      interruptedWrites: this.#interruptedWrites,
      limiters: (settings) => machineLimiters(settings, { warn: () => {}, temporaryFolder: this.#temporaryFolder }),
      signal: new AbortController().signal,
    });
    const config: Readonly<Record<string, string>> = {
      "apsaramq:endpoint": endpoint,
      "apsaramq:region": regionId,
      "apsaramq:accessKeyId": accessKeyId,
      "apsaramq:accessKeySecret": accessKeySecret,
      "apsaramq:maxRequestsPerSecond": "0",
    };
    run.configure((key) => config[key]);
    return dynamicProvider(deviceCredentialFleet, run);
  }
}
