import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { actions as answered } from "../../emulator/operations/actions";
import { configuration } from "../../kinds/configuration";
import type { Fields } from "../../kinds/fields";
import { actions as asked } from "../../provider/service/actions";
import * as sdk from "../../sdk";
import { rowComments } from "../../tools/reference/comments";
import { registrations } from "../sdk/program";
import { findKinds } from "./kinds";
import { filesBelow, root, textOf } from "./sources";

/** What the rows of a table say and the comments above them do not. */
function unsaid(fields: Fields, comments: ReadonlyMap<string, string>): string[] {
  return Object.entries(fields).flatMap(([field, { default: words, replaces, secret }]) => {
    const comment = comments.get(field) ?? "";
    return [
      ...(comment ? [] : [`${field} has no comment`]),
      ...(words === undefined || comment.includes(`Default: ${words}.`) ? [] : [`${field}: its default`]),
      ...(replaces === comment.includes("A change replaces") ? [] : [`${field}: whether a change replaces`]),
      ...(secret === comment.includes("Secret:") ? [] : [`${field}: whether it is secret`]),
    ];
  });
}

describe("The configuration", () => {
  it("has a comment above each key that says all that the row says", () => {
    expect(unsaid(configuration, rowComments(join(root, "kinds/configuration.ts")))).to.deep.equal([]);
  });
});

describe("Every kind", () => {
  const kinds = findKinds();

  it("is found", () => {
    expect(kinds.map(({ name }) => name)).to.include.members(["DeviceCertificate", "DeviceCredential"]);
  });

  for (const { name, camelCase, outline } of kinds) {
    const { inputs, outputs, key } = outline;
    const fields = { ...inputs, ...outputs };
    const comments = rowComments(join(root, `kinds/${camelCase}.ts`));

    describe(name, () => {
      it("is exported by provider/index.ts under the name that the stub asks for", () => {
        expect(textOf("provider/index.ts")).to.match(new RegExp(`^export const ${camelCase} = `, "m"));
      });

      it("has a class in sdk/ with the frozen token and stub", async () => {
        const found = await registrations(() => Reflect.construct(Reflect.get(sdk, name), ["made", {}]));
        expect(found).to.deep.equal([
          {
            type: `pulumi-nodejs:dynamic/apsaramq:${name}`,
            name: "made",
            id: undefined,
            inputs: { __provider: `exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").${camelCase};` },
          },
        ]);
      });

      it("has a name for its stub that its type token gives", () => {
        expect(camelCase).to.equal(name.charAt(0).toLowerCase() + name.slice(1));
      });

      it("has a comment above each row that says all that the row says", () => {
        expect(unsaid(fields, comments)).to.deep.equal([]);
      });

      it("says what holds for each input that may be left out", () => {
        const silent = Object.entries(inputs).filter(([, field]) => !field.required && field.default === undefined);
        expect(silent.map(([field]) => field)).to.deep.equal([]);
      });

      it("takes whatever sounds like a secret for one, unless it is sealed", () => {
        const open = Object.entries(fields).filter(
          ([field, { secret }]) => /secret$|password|token/i.test(field) && !field.startsWith("sealed") && !secret,
        );
        expect(open.map(([field]) => field)).to.deep.equal([]);
      });

      it("replaces the object when an input of its key changes", () => {
        expect(key.filter((part) => part in inputs && !inputs[part]?.replaces)).to.deep.equal([]);
      });

      it("has a member on its resources for every input and output", async () => {
        let made: object = {};
        await registrations(() => {
          made = Reflect.construct(Reflect.get(sdk, name), ["made", {}]);
        });
        const missing = Object.keys(fields).filter((field) => !pulumi.Output.isInstance(Reflect.get(made, field)));
        expect(missing).to.deep.equal([]);
      });

      it("hides its secrets", async () => {
        let hidden: readonly string[] | undefined;
        const listen: pulumi.ResourceTransformation = ({ opts }) => {
          hidden = (opts as pulumi.CustomResourceOptions).additionalSecretOutputs;
          return undefined;
        };
        await registrations(() =>
          Reflect.construct(Reflect.get(sdk, name), ["made", {}, { transformations: [listen] }]),
        );
        expect(hidden).to.have.members(Object.keys(fields).filter((field) => fields[field]?.secret));
      });

      it("asks for actions that the emulator answers", () => {
        expect(outline.actions.filter((action) => !answered.has(action))).to.deep.equal([]);
      });

      it("has a test on the real engine", () => {
        expect(textOf("test/engine/everyKind.test.ts")).to.contain(`made("${name}"`);
      });

      it("is shown in an example", () => {
        expect(filesBelow("examples").filter((file) => textOf(file).includes(`.${name}(`))).not.to.deep.equal([]);
      });

      it("is described in the readme", () => {
        expect(textOf("README.md")).to.match(new RegExp(`^(#+ |\\|).*\\b${name}\\b`, "m"));
      });

      it("has every input and output in the readme", () => {
        const readme = textOf("README.md");
        expect(Object.keys(fields).filter((field) => !readme.includes(`\`${field}\``))).to.deep.equal([]);
      });

      it("has a line in the changelog", () => {
        expect(textOf("CHANGELOG.md")).to.match(new RegExp(`^- .*\\b${name}\\b`, "m"));
      });
    });
  }
});

describe("Every action that the provider asks for", () => {
  for (const { name } of Object.values(asked)) {
    it(`is answered by the emulator: ${name}`, () => {
      expect([...answered.keys()]).to.include(name);
    });
  }
});
