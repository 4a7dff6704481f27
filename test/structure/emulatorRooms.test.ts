import { expectNone } from "./expectNone";
import { filesBelow, importsOf } from "./sources";

/** The rooms of the emulator, a floor a line, from the ground up. */
const floors: readonly (readonly string[])[] = [
  ["foundation"],
  ["facts"],
  ["state"],
  ["access", "storage"],
  ["operations"],
  ["service"],
  ["gateway", "broker", "page"],
  ["control"],
  ["front"],
  ["entrance"],
];

/** What stands outside of the rooms, as package.json names it: the package and the command. */
const entrance = ["emulator/index.ts", "emulator/main.ts"];

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

/** The room of a file, or of what an import names; undefined for what is none of the emulator's files. */
function roomOf(path: string): string | undefined {
  const [top, room, ...rest] = path.replace(/\.ts$/, "").split("/");
  if (top !== "emulator" || room === undefined) return undefined;
  return rest.length === 0 ? "entrance" : room;
}

describe("The emulator's rooms:", () => {
  const files = filesBelow("emulator");

  it("every file is in one, but those that others come in by", () => {
    const outside = files.filter((file) => roomOf(file) === "entrance" && !entrance.includes(file));
    expectNone(outside, "Move these into a folder of emulator/, or name them in `entrance` of this test");
    const rooms = new Set(files.map((file) => roomOf(file) ?? ""));
    const known = floors.flat();
    expectNone(
      [...rooms].filter((room) => !known.includes(room)),
      "Give these folders of emulator/ a place in `floors` of this test",
    );
    expectNone(
      known.filter((room) => !rooms.has(room)),
      "Take these out of `floors` of this test: they have no files",
    );
  });

  it("each imports what is below it, never its neighbours or what is above", () => {
    const broken = files.flatMap((file) => {
      const from = roomOf(file) ?? "";
      return importsOf(file).flatMap(({ target }) => {
        const to = roomOf(target);
        if (to === undefined || to === from || floorOf(to) < floorOf(from)) return [];
        return [`${file} imports ${target}`];
      });
    });
    expectNone(
      broken,
      "Imports go downwards only (`floors` of this test): move what both need to a lower folder, or hand it in from above",
    );
  });
});
