import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { codeBlocks } from "../../tools/documents";
import { expectNone } from "./expectNone";
import { filesBelow, importsOf, root, textOf } from "./sources";

const folders = ["kinds", "kits", "machine", "emulator", "provider", "sdk", "policy", "cli", "examples"];
const ownPackage = "pulumi-apsaramq-mqtt";

/** What the files of each folder load of the other folders, or by the name of the package. */
const loaded = new Map(
  folders.map((folder) => {
    const targets = filesBelow(folder).flatMap((file) => importsOf(file).map(({ target }) => target));
    const others = new Set(targets.map((target) => (target === ownPackage ? "sdk" : target.split("/")[0])));
    return [folder, folders.filter((name) => name !== folder && others.has(name))];
  }),
);
const loadedBy = (folder: string) => loaded.get(folder) ?? [];

function floorOf(folder: string): number {
  return Math.max(-1, ...loadedBy(folder).map(floorOf)) + 1;
}

/** The folders, each above all that it loads. */
function house(): string {
  const floors = [...new Set(folders.map(floorOf))].sort((one, other) => other - one);
  const lines = floors.map((floor) =>
    folders
      .filter((folder) => floorOf(folder) === floor)
      .map((folder) => (loadedBy(folder).length > 0 ? `${folder}/ ──▶ ${loadedBy(folder).join(", ")}` : `${folder}/`))
      .join("   │   "),
  );
  const width = Math.max(...lines.map((line) => line.length));
  return `${lines.join(`\n${"─".repeat(width)}\n`)}\n`;
}

describe("The pictures of DESIGN.md", () => {
  const [, picture = "", houses = ""] =
    /^## Two processes, one house$([\s\S]*?)^The house[\s\S]*?(^```[\s\S]*?^```$)/m.exec(textOf("DESIGN.md")) ?? [];

  it("show folders and files that there are", () => {
    const places = [...picture.matchAll(/\b(?:kinds|machine|sdk|provider|emulator|cli)\/[\w./]*/g)].map(
      ([place]) => place,
    );
    expect(places).to.include.members(["sdk/", "provider/service/", "emulator/"]);
    expectNone(
      places.filter((place) => !existsSync(join(root, place))),
      "Mend these in the picture of the processes in DESIGN.md: there is nothing there",
    );
  });

  it("show the house as the imports make it", () => {
    expect(codeBlocks(`${houses}\n`)[0]?.code, `Put this into DESIGN.md as the house:\n${house()}`).to.equal(house());
  });
});
