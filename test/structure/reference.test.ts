import { expect } from "chai";
import { type Member, sdkFunctions } from "../../tools/reference/functions";
import { foundPages, pages, withPlaces } from "../../tools/reference/pages";
import { textOf } from "./sources";

const all = pages();

describe("The reference", () => {
  it("has a page for each kind, for configuration, functions and errors, and no others", () => {
    expect(foundPages()).to.have.members([...all.keys()].filter((page) => page !== "README.md"));
  });

  for (const [page, places] of all) {
    describe(page, () => {
      it("has a place for all that is told there", () => {
        const text = textOf(page);
        expect([...places.keys()].filter((place) => !text.includes(`<!-- ${place} -->`))).to.deep.equal([]);
      });

      it("says what kinds/ and sdk/ say (node --import tsx tools/reference/main.ts writes it)", () => {
        expect(textOf(page)).to.equal(withPlaces(textOf(page), places));
      });
    });
  }
});

describe("The comment above", () => {
  const silent = (members: readonly Member[]) => members.filter(({ meaning }) => !meaning).map(({ name }) => name);

  for (const { name, meaning, example, takes, gives, errors } of sdkFunctions()) {
    describe(`${name}()`, () => {
      it("tells its meaning, an example, and what it fails with (@throws)", () => {
        expect({ meaning: meaning !== "", example: example !== "", errors: errors.length > 0 }).to.deep.equal({
          meaning: true,
          example: true,
          errors: true,
        });
      });

      it("goes with comments above all that it takes and gives, and the default of what may be left out", () => {
        expect(silent([...takes, ...gives])).to.deep.equal([]);
        const open = takes.filter(({ optional, meaning: text }) => optional && !text.includes(" Default: "));
        expect(open.map(({ name: argument }) => argument)).to.deep.equal([]);
      });
    });
  }
});
