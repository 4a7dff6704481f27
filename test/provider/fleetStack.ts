import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import { mqttPassword, mqttUsername } from "../../kinds/deviceLogin";
import { clientIdOf, wordsIn } from "../../kinds/fleetDevices";
import { Declarations } from "../../machine/declarations";
import { newEntry } from "../../provider/entry";
import {
  type Failure,
  groupId,
  type Instance,
  instanceId,
  type Operation,
  type Props,
  stub,
  unmarked,
  type World,
} from "./world";

/** A list of names as check completes it. */
export function mapOf(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

/** Names of so many devices, in their order. */
export function numbered(count: number, prefix = "d"): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${prefix}${String(index).padStart(String(count - 1).length, "0")}`,
  );
}

/** The inputs of a fleet as check completes them. */
export function fleet(names: readonly string[], inputs: Props = {}): Props {
  return { instanceId, groupId, fleetName: "devices", devices: mapOf(names), ...inputs, __provider: stub };
}

/** An instance whose devices have credentials already. */
export function having(names: readonly string[]): Partial<Instance> {
  return {
    credentials: names.map((name) => ({
      clientId: `${groupId}@@@${name}`,
      deviceAccessKeySecret: `DC.secret-of-${name}`,
    })),
  };
}

/** The devices that have a credential, as the service holds them. */
export function registered({ instance }: World): string[] {
  return (instance.credentials ?? []).map(({ clientId }) => clientId.slice(`${groupId}@@@`.length));
}

/** What a device of the fleet logs in with, by state. */
export function loginOf(state: Props, name: string): { clientId: string; username: string; password: string } {
  const [deviceAccessKeyId = "", , secret = ""] = wordsIn(String(state.credentials)).get(name) ?? [];
  const clientId = clientIdOf(name, groupId) ?? name;
  return { clientId, username: mqttUsername(deviceAccessKeyId, instanceId), password: mqttPassword(secret, clientId) };
}

/** What a command of the engine came to. */
export interface Outcome {
  /** What it told, and what its preview told before. */
  readonly infos: readonly string[];
  readonly foretold: readonly string[];
  readonly did: "create" | "update" | "delete" | "nothing";
  readonly failure?: Failure;
}

/** A stack with one fleet, on which the engine's commands are played. */
export class FleetStack {
  /** What state holds of the fleet: empty when it has none. */
  state: Props = {};
  #inputs: Props = {};
  /** Whether the engine has noted a failure, after which it asks for an update in any case. */
  #isOpen = false;
  /** What the program's process tells of it. */
  readonly #name = newEntry();

  constructor(
    readonly world: World,
    private readonly config: Readonly<Record<string, string>> = {},
  ) {}

  get id(): string {
    return `${instanceId}/${this.state.groupId ?? ""}/${this.state.fleetName}`;
  }

  get exists(): boolean {
    return Object.keys(this.state).length > 0;
  }

  /** Texts under a name of state, such as the reasons of `failed`. */
  texts(name: string): Record<string, string> {
    return { ...(this.state[name] as Record<string, string> | undefined) };
  }

  get rotating(): Rotating | undefined {
    return this.state.rotating as Rotating | undefined;
  }

  login(name: string) {
    return loginOf(this.state, name);
  }

  /** What preview tells, and whether it shows that there is something to do. */
  async preview(program: Props): Promise<{ readonly changes: boolean; readonly infos: readonly string[] }> {
    const operation = this.#ofProgram();
    const inputs = await this.#checked(operation, program);
    return { changes: await this.#changes(operation, inputs), infos: operation.infos };
  }

  async up(program: Props): Promise<Outcome> {
    const previewing = this.#ofProgram();
    const operation = this.#ofProgram();
    const fleets = provider(operation);
    try {
      const planned = await this.#checked(previewing, program);
      const changes = await this.#changes(previewing, planned);
      const foretold = previewing.infos;
      if (this.exists && !changes) {
        return { did: "nothing", infos: [], foretold };
      }
      const inputs = await this.#checked(operation, program);
      const did = this.exists ? "update" : "create";
      try {
        const { outs = {} } = this.exists
          ? await fleets.update(this.id, this.state, inputs)
          : await fleets.create(inputs);
        this.#keep(inputs, { ...outs, __provider: stub }, false);
        return { did, infos: operation.infos, foretold };
      } catch (error) {
        const failure = failureFrom(error);
        if (failure.properties) {
          this.#keep(inputs, failure.properties, true);
        }
        return { did, infos: operation.infos, foretold, failure };
      }
    } catch (error) {
      return { did: "nothing", infos: [], foretold: previewing.infos, failure: failureFrom(error) };
    }
  }

  /** Takes in what the service shows; `isKept` says whether state does, as with `--preview-only` it does not. */
  async refresh(config: Readonly<Record<string, string>> = {}, isKept = true): Promise<Props | undefined> {
    const { inputs, props = {}, id } = await provider(this.#operation(config)).read(this.id, this.state);
    if (isKept) {
      this.#keep(inputs ?? this.#inputs, id === "" ? {} : unmarked(props), this.#isOpen);
    }
    return inputs;
  }

  async destroy(): Promise<Outcome> {
    const operation = this.#operation();
    try {
      await provider(operation).delete(this.id, this.state);
      this.#keep({}, {}, false);
      return { did: "delete", infos: operation.infos, foretold: [] };
    } catch (error) {
      return { did: "delete", infos: operation.infos, foretold: [], failure: failureFrom(error) };
    }
  }

  /** Plays a command whose process never comes to its end. */
  async killedIn(command: () => Promise<unknown>): Promise<void> {
    const [state, inputs, isOpen] = [this.state, this.#inputs, this.#isOpen];
    const { interruptedWrites } = this.world;
    const { keepParts } = interruptedWrites;
    interruptedWrites.keepParts = () => {};
    await command();
    interruptedWrites.keepParts = keepParts;
    this.#keep(inputs, state, isOpen);
    this.world.restart();
  }

  #keep(inputs: Props, state: Props, isOpen: boolean): void {
    this.#inputs = inputs;
    this.state = state;
    this.#isOpen = isOpen;
  }

  #operation(config: Readonly<Record<string, string>> = {}, declarations = new Declarations(undefined)): Operation {
    return this.world.operation({ ...this.config, ...config }, declarations);
  }

  /** One that runs the program. */
  #ofProgram(): Operation {
    const declarations = new Declarations(undefined);
    declarations.runFor(this.#name);
    return this.#operation({}, declarations);
  }

  async #checked(operation: Operation, program: Props): Promise<Props> {
    const { inputs = {}, failures = [] } = await provider(operation).check(this.#inputs, program);
    expect(failures).to.deep.equal([]);
    return { ...inputs, __provider: stub };
  }

  /** As the engine decides it. */
  async #changes(operation: Operation, inputs: Props): Promise<boolean> {
    if (!this.exists) {
      return true;
    }
    const { changes, replaces = [] } = await provider(operation).diff(this.id, this.state, inputs);
    expect(replaces).to.deep.equal([]);
    return this.#isOpen || (changes ?? !isDeepStrictEqual(inputs, this.#inputs));
  }
}

/** The output `rotating`. */
export interface Rotating {
  readonly devices?: number;
  readonly wave?: number;
  readonly waves?: number;
  readonly pending?: readonly string[];
  readonly waiting?: readonly string[];
  readonly lastWave?: number;
  readonly stopped?: string;
  readonly reasons?: readonly string[];
}

export function provider(operation: Operation) {
  return operation.of("deviceCredentialFleet");
}

function failureFrom(error: unknown): Failure {
  return error instanceof Error ? error : expect.fail(`it failed with ${error}, not with an Error`);
}
