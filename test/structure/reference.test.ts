import { type Member, sdkFunctions } from "../../tools/reference/functions";
import { folder, foundPages, pages, withPlaces } from "../../tools/reference/pages";
import { expectNone } from "./expectNone";
import { textOf } from "./sources";

const all = pages();

describe("The reference", () => {
  it("has a page for each kind, for configuration, functions and errors, and no others", () => {
    const wanted = [...all.keys()].filter((page) => page.startsWith(folder));
    const found = foundPages();
    expectNone(
      wanted.filter((page) => !found.includes(page)),
      "Run `node --import tsx tools/reference/main.ts`, which makes these pages",
    );
    expectNone(
      found.filter((page) => !wanted.includes(page)),
      "Remove these pages: nothing in kinds/ or sdk/ stands behind them",
    );
  });

  for (const [page, makePlaces] of all) {
    describe(page, () => {
      let places: ReadonlyMap<string, string>;
      before(() => {
        places = makePlaces();
      });

      it("has a place for all that is told there", () => {
        const text = textOf(page);
        const missing = [...places.keys()].filter((place) => !text.includes(`<!-- ${place} -->`));
        expectNone(
          missing.map((place) => `<!-- ${place} -->`),
          `Add these lines to ${page}, each followed by <!-- end -->, and run \`node --import tsx tools/reference/main.ts\``,
        );
      });

      it("says what kinds/ and sdk/ say (node --import tsx tools/reference/main.ts writes it)", () => {
        const isBehind = textOf(page) !== withPlaces(textOf(page), places);
        expectNone(
          isBehind ? [page] : [],
          "Run `node --import tsx tools/reference/main.ts`, which brings this up to date",
        );
      });
    });
  }
});

describe("The comment above", () => {
  const silent = (members: readonly Member[]) => members.filter(({ meaning }) => !meaning).map(({ name }) => name);

  for (const { name, meaning, example, takes, gives, errors } of sdkFunctions()) {
    describe(`${name}()`, () => {
      it("tells its meaning, an example, and what it fails with (@throws)", () => {
        const missing = [
          ...(meaning ? [] : ["what it is for"]),
          ...(example ? [] : ["@example"]),
          ...(errors.length > 0 ? [] : ["@throws"]),
        ];
        expectNone(missing, `Add to the comment above ${name} in sdk/`);
      });

      it("goes with comments above all that it takes and gives, and the default of what may be left out", () => {
        expectNone(silent([...takes, ...gives]), `Write a comment above these members that ${name} takes or gives`);
        const open = takes.filter(({ optional, meaning: text }) => optional && !text.includes(" Default: "));
        expectNone(
          open.map(({ name: argument }) => argument),
          "Say in the comment above these what holds when they are left out: `Default: ...`",
        );
      });
    });
  }
});
