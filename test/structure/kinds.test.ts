import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import ts from "typescript";
import { actions as answered } from "../../emulator/operations/actions";
import { actions as asked } from "../../provider/service/actions";
import * as sdk from "../../sdk";
import { registrations } from "../sdk/program";
import { findKinds } from "./kinds";
import { filesBelow, nodes, parse, textOf } from "./sources";

/** The property names that a class or interface declares in its own words. */
function declaredIn(file: string, name: string): string[] {
  return [...nodes(parse(file))]
    .filter((node) => (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) && node.name?.text === name)
    .flatMap((node) => [...nodes(node)])
    .filter((node) => ts.isPropertyDeclaration(node) || ts.isPropertySignature(node))
    .filter((node) => !ts.isTypeLiteralNode(node.parent))
    .map((node) => node.name.getText());
}

/** The comment above a class. */
function documentationOf(file: string, name: string): string {
  const found = [...nodes(parse(file))].find((node) => ts.isClassDeclaration(node) && node.name?.text === name);
  return found?.getFullText().split("export class")[0] ?? "";
}

describe("Every kind", () => {
  const kinds = findKinds();

  it("is found", () => {
    expect(kinds.map(({ name }) => name)).to.include.members(["DeviceCertificate", "DeviceCredential"]);
  });

  for (const { name, inputs, outputs } of kinds) {
    const camelCase = name.charAt(0).toLowerCase() + name.slice(1);
    const sdkFile = `sdk/${camelCase}.ts`;

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

      it("takes exactly the inputs of its field table", () => {
        expect(declaredIn(sdkFile, `${name}Args`)).to.have.members(inputs);
      });

      it("declares every output of its field table, and beside them inputs only", () => {
        const declared = declaredIn(sdkFile, name);
        expect(declared).to.include.members([...outputs]);
        expect([...inputs, ...outputs]).to.include.members(declared);
      });

      it("has an output at run time for everything that it declares", async () => {
        let made: object = {};
        await registrations(() => {
          made = Reflect.construct(Reflect.get(sdk, name), ["made", {}]);
        });
        const missing = declaredIn(sdkFile, name).filter(
          (output) => !pulumi.Output.isInstance(Reflect.get(made, output)),
        );
        expect(missing).to.deep.equal([]);
      });

      it("names the actions that it uses, all of which the emulator answers", () => {
        const [, list = ""] =
          /Actions used: (.*) of OnsMqtt/s.exec(documentationOf(sdkFile, name).replace(/\n \*/g, "")) ?? [];
        const used = list.match(/\b[A-Z][a-z]+[A-Z]\w+/g) ?? [];
        expect(used).not.to.deep.equal([]);
        expect(used.filter((action) => !answered.has(action))).to.deep.equal([]);
      });

      it("has a test on the real engine", () => {
        const tests = filesBelow("test/engine").filter((file) => file.startsWith(`test/engine/${camelCase}`));
        expect(tests.filter((file) => file.endsWith(".test.ts"))).not.to.deep.equal([]);
      });

      it("is shown in an example", () => {
        expect(filesBelow("examples").filter((file) => textOf(file).includes(`.${name}(`))).not.to.deep.equal([]);
      });

      it("is described in the readme", () => {
        expect(textOf("README.md")).to.match(new RegExp(`^(#+ |\\|).*\\b${name}\\b`, "m"));
      });

      it("has every input and output in the readme", () => {
        const readme = textOf("README.md");
        expect([...inputs, ...outputs].filter((field) => !readme.includes(`\`${field}\``))).to.deep.equal([]);
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
