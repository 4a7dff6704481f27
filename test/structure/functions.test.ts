import { expect } from "chai";
import { actions as answered } from "../../emulator/operations/actions";
import { functions } from "../../kinds/functions";
import * as sdk from "../../sdk";
import { textOf } from "./sources";

describe("Every function that asks the service", () => {
  for (const [name, { result, actions }] of Object.entries(functions)) {
    describe(name, () => {
      it("is exported by the sdk", () => {
        expect(Reflect.get(sdk, name)).to.be.a("function");
      });

      it("takes whatever sounds like a secret for one", () => {
        const open = Object.entries(result).filter(([field, { secret }]) => /secret$|password/i.test(field) && !secret);
        expect(open.map(([field]) => field)).to.deep.equal([]);
      });

      it("asks for actions that the emulator answers", () => {
        expect(actions.filter((action) => !answered.has(action))).to.deep.equal([]);
      });

      it("has a line in the changelog", () => {
        expect(textOf("CHANGELOG.md")).to.match(new RegExp(`^- .*\`${name}\``, "m"));
      });
    });
  }
});
