import { mkdirSync } from "node:fs";
import { join } from "node:path";
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
import { DataFolderError } from "./dataFolderError";
import { FolderLock } from "./folderLock";
import { LineFile } from "./lineFile";

const format = "apsaramq-mqtt-emulator";
/** Version 1 had no checksums. */
const version = 2;

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
 * before its answer goes out. What cannot be written is taken back.
 */
export class DataFolder {
  readonly #path: string;
  readonly #minimumBytesOfChanges: number;
  readonly #lock: FolderLock;
  readonly #file: LineFile;
  #changes: { readonly change: Change; readonly takeBack: () => void }[] = [];
  #isTakingBack = false;
  #state: State | undefined;
  #clockOffset = 0;
  /** The length at which the changes are folded into the state. */
  #foldAt = 0;
  #hasComplained = false;

  private constructor(path: string, lock: FolderLock, minimumBytesOfChanges: number) {
    this.#path = path;
    this.#lock = lock;
    this.#minimumBytesOfChanges = minimumBytesOfChanges;
    this.#file = new LineFile(join(path, "state.jsonl"));
  }

  /**
   * Makes the folder if need be. Rejects when it cannot be used, or another emulator uses it.
   *
   * @param minimumBytesOfChanges Changes are folded into the state when they outgrow both it and this, so that rewriting
   * costs no more than writing did.
   */
  static async open(path: string, minimumBytesOfChanges = 8 * 1024 * 1024): Promise<DataFolder> {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new DataFolderError("DATA_FOLDER_UNWRITABLE", `the data folder cannot be made: ${messageOf(error)}`, error);
    }
    return new DataFolder(path, await FolderLock.take(path), minimumBytesOfChanges);
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
      const place = `state.jsonl, line ${lineNumber}: ${messageOf(error)}`;
      throw new DataFolderError("DATA_FOLDER_DAMAGED", `the data folder ${this.#path} is damaged: ${place}`, error);
    }
    if (this.#file.isTorn) {
      say(
        `the last line of ${this.#path}/state.jsonl was cut off, by a killed process or a full disk, and is left out`,
      );
    }
    return kept;
  }

  /** From now on keeps this state and clock, in place of all that the folder has. Throws a `DataFolderError`, and changes nothing. */
  keep(state: State, clockOffset: number): void {
    this.#trying(() => this.#file.replace(snapshot(state, clockOffset)));
    this.#takeOver(state, clockOffset);
  }

  /** The same for what it has loaded; when it cannot be rewritten, it is gone on with. */
  goOnWith(state: State, clockOffset: number): void {
    this.#takeOver(state, clockOffset);
    this.#fold();
  }

  /** Writes what has changed since the last time. What cannot be written is taken back, and a `DataFolderError` thrown. */
  commit(): void {
    if (this.#changes.length === 0) return;
    try {
      this.#append({ changes: this.#changes.map(({ change }) => change) });
    } catch (error) {
      this.#takeBack();
      throw error;
    }
    this.#changes = [];
    this.#foldInTime();
  }

  /** Writes how far the clock is ahead of the wall clock. Throws a `DataFolderError`. */
  keepClock(clockOffset: number): void {
    this.#append({ clockOffset });
    this.#clockOffset = clockOffset;
    this.#foldInTime();
  }

  close(): void {
    this.#file.close();
    this.#lock.release();
  }

  #append(changes: Changes): void {
    this.#trying(() => this.#file.append(JSON.stringify(changes)));
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#complain(`the data folder ${this.#path} cannot be written, changes are refused: ${messageOf(error)}`);
      throw new DataFolderError(
        "DATA_FOLDER_UNWRITABLE",
        `the data folder cannot be written: ${messageOf(error)}`,
        error,
      );
    }
    this.#hasComplained = false;
  }

  /** Once, until something can be written again. */
  #complain(text: string): void {
    if (!this.#hasComplained) say(text);
    this.#hasComplained = true;
  }

  #takeBack(): void {
    this.#isTakingBack = true;
    for (const { takeBack } of this.#changes.reverse()) takeBack();
    this.#isTakingBack = false;
    this.#changes = [];
  }

  #foldInTime(): void {
    if (this.#file.length > this.#foldAt) this.#fold();
  }

  /** What is in the file stays there whether or not this works, so a failure is no reason to refuse anything. */
  #fold(): void {
    if (this.#state === undefined) return;
    try {
      this.#file.replace(snapshot(this.#state, this.#clockOffset));
    } catch (error) {
      this.#complain(`${this.#path}/state.jsonl cannot be rewritten and goes on growing: ${messageOf(error)}`);
    }
    this.#planFold();
  }

  #planFold(): void {
    this.#foldAt = this.#file.length + Math.max(this.#minimumBytesOfChanges, this.#file.length);
  }

  #takeOver(state: State, clockOffset: number): void {
    this.#state = state;
    this.#clockOffset = clockOffset;
    this.#changes = [];
    this.#planFold();
    for (const instance of state.instances.values()) this.#watch(state, instance);
  }

  /** A state that has been replaced may still be written to by who holds it; that is not kept. */
  #watch(state: State, instance: Instance): void {
    const { instanceId } = instance.properties;
    for (const [collection, { watch }] of Object.entries<LastingCollection>(collectionsOf(instance))) {
      watch((record, keys, takeBack) => {
        if (this.#state !== state || this.#isTakingBack) return;
        const change = { instanceId, collection, keys, ...(record === undefined ? {} : { record }) };
        this.#changes.push({ change, takeBack });
      });
    }
  }
}

function snapshot(state: State, clockOffset: number): string {
  return JSON.stringify({ format, version, clockOffset, state: lastingSeed(state) });
}

function say(text: string): void {
  console.error(`apsaramq-mqtt-emulator: ${text}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type LastingCollection = Pick<Collection<unknown>, "add" | "remove" | "watch">;

function readSnapshot(line: string, stateFromSeed: (seed: unknown) => State): Kept {
  const { version: written, clockOffset, state } = snapshotDecoder(JSON.parse(line), "");
  if (written < 1 || written > version) {
    throw new DecodeError(`it was written in version ${written} of the format, this is ${version}`);
  }
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
