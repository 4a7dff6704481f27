import { linkSync, mkdirSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "./errorCode";
import { ignoreFailure } from "./ignoreFailure";
import { privateFolder } from "./privateFolder";
import type { Slot } from "./slots";

/** What lies so many rounds ahead was taken before the clock was set back. */
const farAhead = 1_000;

/**
 * Which slots are taken, over all processes of this user on this machine. A slot belongs to whoever makes its name in
 * the folder of its round: there is no lock, and a process that is killed leaves nothing for which others would wait.
 * Rounds that are over are removed by whoever takes the first slot of a new one.
 */
export class TakenSlots {
  #folder: string | undefined;

  constructor(private readonly temporaryFolder: string) {}

  /** Takes a slot; false when somebody has it already. Throws when there is no folder to be used. */
  take(name: string, { round, number }: Slot, currentRound: number): boolean {
    const taken = join(String(round), `${name} ${number}`);
    if (this.#folder !== undefined) {
      try {
        return makeName(this.#folder, taken);
      } catch (error) {
        if (errorCode(error) !== "ENOENT") {
          throw error;
        }
      }
    }
    // The first of its round, or somebody has removed the folder.
    this.#folder = folderOf(privateFolder(this.temporaryFolder));
    mkdirSync(join(this.#folder, String(round)), { recursive: true, mode: 0o700 });
    makeFile(join(this.#folder, file));
    removeOld(this.#folder, currentRound);
    return makeName(this.#folder, taken);
  }
}

/** The one file of which all taken slots are names. */
const file = "taken";

function folderOf(shared: string | undefined): string {
  if (shared === undefined) {
    throw new Error("there is no folder for this user alone");
  }
  return join(shared, "slots");
}

/** Another name of the one file costs a quarter of another file or less, and it is as exclusive. */
function makeName(folder: string, name: string): boolean {
  return unlessThere(() => linkSync(join(folder, file), join(folder, name)));
}

function makeFile(path: string): boolean {
  return unlessThere(() => writeFileSync(path, "", { flag: "wx", mode: 0o600 }));
}

/** Whether it could be made; false when it is there. */
function unlessThere(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}

function removeOld(folder: string, currentRound: number): void {
  for (const round of readdirSync(folder)) {
    const ahead = Number(round) - currentRound;
    // Slots of the round before may still be used late.
    if (ahead < -1 || ahead > farAhead) {
      removeIfPossible(join(folder, round));
    }
  }
}

/** Another process may be at it too, or be late and take a slot. */
function removeIfPossible(round: string): void {
  ignoreFailure(() => {
    for (const name of readdirSync(round)) {
      unlinkSync(join(round, name));
    }
    rmdirSync(round);
  });
}
