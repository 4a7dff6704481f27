import { counted } from "../../kinds/words";
import { isHalfMade, isProviderError, kindOf, MqttProviderError } from "../errors";
import type { Run } from "../run";
import { markOf, unclearFrom } from "../unclear";
import { forAll, type Rest } from "./batch";
import type { State as Credential } from "./credentialState";
import type { Ways } from "./credentialWork";
import { keepNotes, type Owner } from "./fleetNotes";
import { type Device, type Devices, fleetText, type Inputs } from "./fleetState";

/** A fleet notes its writes by itself. */
export const noted: Ways = { guard: "get", noting: (_device, _what, write) => write() };

/** What an operation on a fleet has come to so far. */
export class FleetWork {
  /** Those that have a credential, or may have one, by their client ids. */
  readonly devices: Map<string, Device>;
  /** Why devices are not as declared, by their names. */
  readonly failed = new Map<string, string>();
  /** Names of devices that were not tried. */
  readonly pending: string[] = [];
  /** What keeps the fleet from being as declared. */
  readonly causes: unknown[] = [];
  readonly #touched = new Set<string>();

  constructor(
    readonly run: Run,
    readonly fleet: Inputs,
    readonly owner: Owner,
    /** The devices as state has them. */
    readonly before: Devices,
    held: Devices,
  ) {
    this.devices = new Map(held);
  }

  get text(): string {
    return fleetText(this.fleet);
  }

  /** What a resource of its own would declare of a device. */
  inputsOf({ clientId }: Device) {
    const { instanceId, ifExists, secretMode, recipient, closeConnection } = this.fleet;
    return {
      instanceId,
      clientId,
      ...(ifExists && { ifExists }),
      ...(secretMode && { secretMode }),
      ...(recipient && { recipient }),
      ...(closeConnection && { closeConnection }),
    };
  }

  /** Does something to each of the devices. What comes of it is kept: what is known of the device then, or that it is gone. */
  async each(
    devices: readonly Device[],
    done: string,
    work: (device: Device) => Promise<Credential | undefined>,
    part?: { readonly before: number; readonly all: number; readonly begunAt: number },
    isOver?: () => boolean,
  ): Promise<Rest<Device>> {
    const rest = await forAll(this.run, devices, {
      object: this.text,
      done,
      ...(part && { part }),
      of: (device) => this.#one(device, work),
      isOfItsOwn: (error) => kindOf(error) === "Conflict",
      isOver,
    });
    for (const { item, error } of rest.failed) {
      if (kindOf(error) === "Stopped") {
        this.pending.push(item.name);
        continue;
      }
      this.failed.set(item.name, isProviderError(error) ? error.summary : String(error));
      this.causes.push(error);
    }
    this.postpone(rest.untried);
    return rest;
  }

  /** Leaves devices to the next update. */
  postpone(devices: readonly Device[]): void {
    // One by one: a call takes no more than some 100,000 arguments.
    for (const { name } of devices) {
      this.pending.push(name);
    }
  }

  /** Notes outlast this operation of what it wrote, as the engine may yet be kept from storing it. */
  keepNotes(): void {
    keepNotes(this.run, this.fleet, this.owner, this.devices, this.#touched);
  }

  /** The failures as the engine is to hear of them: what is open of each device stands in the fleet's own outputs. */
  failures(): unknown[] {
    const { pending, text } = this;
    const settled = this.causes.map((cause) =>
      isProviderError(cause) ? new MqttProviderError({ ...cause, unclear: undefined }) : cause,
    );
    return pending.length > 0 ? [...settled, notTried(text, pending.length)] : settled;
  }

  async #one(device: Device, work: (device: Device) => Promise<Credential | undefined>): Promise<void> {
    const { clientId, known } = device;
    const wasTouched = this.#touched.has(clientId);
    this.#touched.add(clientId);
    try {
      const after = await work(device);
      if (after) {
        this.devices.set(clientId, { ...device, known: after });
      } else {
        this.devices.delete(clientId);
      }
    } catch (error) {
      const causes = isHalfMade(error) ? error.causes : [error];
      const { unclear, ...values }: Credential = isHalfMade(error) ? error.state : {};
      const isNew = known.secretFingerprint === undefined;
      const mark = unclearFrom(unclear) ?? markOf(causes, this.run.wallClock(), isNew) ?? known.unclear;
      if (mark || isHalfMade(error)) {
        this.devices.set(clientId, { ...device, known: { ...known, ...values, ...(mark && { unclear: mark }) } });
      } else if (!wasTouched) {
        // Nothing was written: with a note the next run would take what others have made for its own.
        this.#touched.delete(clientId);
      }
      throw causes[0];
    }
  }
}

function notTried(fleet: string, count: number): MqttProviderError {
  return new MqttProviderError({
    kind: "Stopped",
    action: "Working",
    object: fleet,
    problem: `${counted(count, "device was", "devices were")} not tried; the output pending names them`,
    advice:
      "What was done is kept. Mend what the other failures say and run the command again, which goes on with the rest",
  });
}
