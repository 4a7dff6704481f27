import { expect } from "chai";
import { actions as answered } from "../../emulator/operations/actions";
import { functions } from "../../kinds/functions";
import * as sdk from "../../sdk";
import { expectNone } from "./expectNone";
import { textOf } from "./sources";

describe("Every function that asks the service", () => {
  for (const [name, { result, actions }] of Object.entries(functions)) {
    describe(name, () => {
      it("is exported by the sdk", () => {
        expect(Reflect.get(sdk, name), `export ${name} from sdk/index.ts`).to.be.a("function");
      });

      it("takes whatever sounds like a secret for one", () => {
        const open = Object.entries(result).filter(([field, { secret }]) => /secret$|password/i.test(field) && !secret);
        expectNone(
          open.map(([field]) => field),
          "Give these rows of kinds/functions.ts `secret: true`, or a name that does not sound like a secret",
        );
      });

      it("asks for actions that the emulator answers", () => {
        expectNone(
          actions.filter((action) => !answered.has(action)),
          "Mend the names in kinds/functions.ts, or add a handler to emulator/operations/",
        );
      });

      it("has a line in the changelog", () => {
        const isTold = new RegExp(`^- .*\`${name}\``, "m").test(textOf("CHANGELOG.md"));
        expectNone(isTold ? [] : [`- \`${name}\`: <what it asks for>`], "Add a line below Unreleased in CHANGELOG.md");
      });
    });
  }
});
