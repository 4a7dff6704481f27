import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../foundation/clock";
import {
  anyText,
  anything,
  DecodeError,
  decoder,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  text,
} from "../foundation/decode";
import { type Collection, collectionsOf, type Keys } from "../state/collections";
import { seedOfState } from "../state/seed";
import type { Instance, State } from "../state/state";
import { FolderLock } from "./folderLock";
import { LineFile } from "./lineFile";

const format = "apsaramq-mqtt-emulator";
const version = 1;

const offset = number(-8.64e15, 8.64e15);
const texts = list(anyText);
const keysDecoder = decoder(texts.schema, (json, path): Keys => {
  const [first, second, ...more] = texts(json, path);
  if (first === undefined || more.length > 0) throw new DecodeError(`${path} must be one or two keys`);
  return second === undefined ? [first] : [first, second];
});

/** The first line of the file: everything as it was when the file was written. */
const snapshotDecoder = object({ format: oneOf(format), version: integer(1), clockOffset: offset, state: anything });

/** Every further line: what one request changed. A change without a record is a removal. */
const changesDecoder = object({
  clockOffset: optional(offset),
  changes: optional(
    list(object({ instanceId: text, collection: text, keys: keysDecoder, record: optional(anything) })),
  ),
});
type Changes = ReturnType<typeof changesDecoder>;
type Change = NonNullable<Changes["changes"]>[number];

/** What a folder has kept. */
export interface Kept {
  readonly state: State;
  readonly clockOffset: number;
}

/**
 * Keeps state and clock in a folder, so that what was acknowledged survives the death of the process at any moment. The
 * folder holds one file: a line with the whole state, then a line for each request that changed something, written
 * before its answer goes out.
 */
export class DataFolder {
  readonly #path: string;
  readonly #minimumBytesOfChanges: number;
  readonly #lock: FolderLock;
  readonly #file: LineFile;
  #changes: Change[] = [];
  #clockOffset: number | undefined;
  #state: State | undefined;
  #snapshot: () => string = () => "";
  #snapshotBytes = 0;

  /**
   * Makes the folder if need be. Throws when it cannot be used, or another emulator uses it.
   *
   * @param minimumBytesOfChanges Changes are folded into the state when they outgrow both it and this, so that rewriting
   * costs no more than writing did.
   */
  constructor(path: string, minimumBytesOfChanges = 8 * 1024 * 1024) {
    this.#path = path;
    this.#minimumBytesOfChanges = minimumBytesOfChanges;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#lock = new FolderLock(path);
    this.#file = new LineFile(join(path, "state.jsonl"));
  }

  /** What the folder has, or undefined for a new one. Throws for a file that is damaged, which stays as it is. */
  load(stateFromSeed: (seed: unknown) => State, now: number): Kept | undefined {
    let kept: Kept | undefined;
    let lineNumber = 1;
    try {
      for (const line of this.#file.lines()) {
        kept = kept === undefined ? readSnapshot(line, stateFromSeed) : readChanges(line, kept, now);
        lineNumber++;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`the data folder ${this.#path} is damaged: state.jsonl, line ${lineNumber}: ${reason}`);
    }
    return kept;
  }

  /** From now on keeps this state, in place of all that the folder has. */
  keep(state: State, clock: Clock): void {
    this.#snapshot = () => JSON.stringify({ format, version, clockOffset: clock.offset, state: lastingSeed(state) });
    this.#writeSnapshot();
    this.#state = state;
    for (const instance of state.instances.values()) this.#watch(state, instance);
    clock.watch((offset) => {
      this.#clockOffset = offset;
    });
  }

  /** Writes what has changed since the last time. After a failure it is written the next time. */
  commit(): void {
    if (this.#changes.length === 0 && this.#clockOffset === undefined) return;
    const changes: Changes = {
      ...(this.#clockOffset === undefined ? {} : { clockOffset: this.#clockOffset }),
      ...(this.#changes.length === 0 ? {} : { changes: this.#changes }),
    };
    this.#file.append(JSON.stringify(changes));
    this.#forgetChanges();
    const bytesOfChanges = this.#file.length - this.#snapshotBytes;
    if (bytesOfChanges > Math.max(this.#minimumBytesOfChanges, this.#snapshotBytes)) this.#writeSnapshot();
  }

  close(): void {
    this.commit();
    this.#file.close();
    this.#lock.release();
  }

  #writeSnapshot(): void {
    this.#file.replace(this.#snapshot());
    this.#snapshotBytes = this.#file.length;
    this.#forgetChanges();
  }

  #forgetChanges(): void {
    this.#changes = [];
    this.#clockOffset = undefined;
  }

  /** A state that has been replaced may still be written to by who holds it; that is not kept. */
  #watch(state: State, instance: Instance): void {
    const { instanceId } = instance.properties;
    for (const [collection, { watch }] of Object.entries<LastingCollection>(collectionsOf(instance))) {
      watch((keys, record) => {
        if (this.#state !== state) return;
        this.#changes.push({ instanceId, collection, keys, ...(record === undefined ? {} : { record }) });
      });
    }
  }
}

type LastingCollection = Pick<Collection<unknown>, "add" | "remove" | "watch">;

function readSnapshot(line: string, stateFromSeed: (seed: unknown) => State): Kept {
  const { version: written, clockOffset, state } = snapshotDecoder(JSON.parse(line), "");
  if (written !== version)
    throw new DecodeError(`it was written in version ${written} of the format, this is ${version}`);
  return { state: stateFromSeed(state), clockOffset };
}

function readChanges(line: string, { state, clockOffset: before }: Kept, now: number): Kept {
  const { clockOffset = before, changes = [] } = changesDecoder(JSON.parse(line), "");
  for (const [index, { instanceId, collection: name, keys, record }] of changes.entries()) {
    const path = `changes[${index}]`;
    const instance = state.instances.get(instanceId);
    if (instance === undefined) throw new DecodeError(`${path}: there is no instance ${instanceId}`);
    const collection = Object.entries<LastingCollection>(collectionsOf(instance)).find(([key]) => key === name)?.[1];
    if (collection === undefined) throw new DecodeError(`${path}: there is no collection ${name}`);
    if (record === undefined) collection.remove(keys);
    else collection.add(record, { path: `${path}.record`, now, group: keys[0] });
  }
  return { state, clockOffset };
}

/** Connections do not outlive the process. */
function lastingSeed(state: State): unknown {
  const { instances = [], ...seed } = seedOfState(state);
  return { ...seed, instances: instances.map((instance) => ({ ...instance, onlineClientIds: [] })) };
}
