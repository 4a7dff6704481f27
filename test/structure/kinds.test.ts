import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import ts from "typescript";
import { actions as answered } from "../../emulator/operations/actions";
import { configuration } from "../../kinds/configuration";
import type { Field, Fields } from "../../kinds/fields";
import { actions as asked } from "../../provider/service/actions";
import * as sdk from "../../sdk";
import { classComment, rowComments } from "../../tools/reference/comments";
import { idPattern } from "../../tools/reference/kindPlaces";
import { refusals } from "../../tools/reference/refusals";
import { registrations } from "../sdk/program";
import { findKinds } from "./kinds";
import { filesBelow, nodes, parse, textOf } from "./sources";

/** What the rows of a table say and the comments above them do not. */
function unsaid(fields: Fields, comments: ReadonlyMap<string, string>): string[] {
  return Object.entries(fields).flatMap(([field, row]) => {
    const { default: words, replaces, secret } = row;
    const comment = comments.get(field) ?? "";
    return [
      ...(comment ? [] : [`${field} has no comment`]),
      ...(words === undefined || comment.includes(`Default: ${words}.`) ? [] : [`${field}: its default`]),
      ...(replaces === comment.includes("A change replaces") ? [] : [`${field}: whether a change replaces`]),
      ...(secret === comment.includes("Secret:") ? [] : [`${field}: whether it is secret`]),
      ...rangeUnsaid(field, row, comment),
    ];
  });
}

/** What a value may be, where neither its type nor a refusal of check tells. */
function rangeUnsaid(name: string, { expected, options = [] }: Field<unknown>, comment: string): string[] {
  const words = options.filter((option) => typeof option === "string");
  const hasRange = expected !== "a number" || /\d to \d/.test(comment);
  const hasForm = !/Time$|^valid(Begin|End)$/.test(name) || comment.includes("ISO 8601");
  return [
    ...words
      .filter((word) => !comment.includes(`"${word}"`) && !comment.includes(`\`${word}\``))
      .map((word) => `${name}: ${word}`),
    ...(hasRange ? [] : [`${name}: its range`]),
    ...(hasForm ? [] : [`${name}: its form`]),
  ];
}

/** The kinds of errors that declarations of a module in provider/resources/ make, all of them or those with these names. */
function errorKindsIn(module: string, names?: readonly string[]): string[] {
  const { statements } = parse(`${module}.ts`);
  const imported = statements.filter(ts.isImportDeclaration).flatMap((found) => {
    const file = (found.moduleSpecifier as ts.StringLiteral).text;
    const bindings = found.importClause?.namedBindings;
    const own = file.startsWith("./") && bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    return own.map(({ name }) => [name.text, `provider/resources/${file.slice(2)}`] as const);
  });
  const reached = new Set<ts.Statement>();
  const reach = (statement: ts.Statement): string[] => {
    if (ts.isImportDeclaration(statement) || reached.has(statement)) return [];
    reached.add(statement);
    const words = [...nodes(statement)].filter(ts.isIdentifier).map(({ text }) => text);
    const elsewhere = imported
      .filter(([name]) => words.includes(name))
      .flatMap(([name, file]) => errorKindsIn(file, [name]));
    const made = [...statement.getText().matchAll(/\bkind: "([A-Z]\w+)"/g)].map(([, kind = ""]) => kind);
    return [...made, ...elsewhere, ...statements.filter((other) => declares(other, words)).flatMap(reach)];
  };
  return statements.filter((statement) => !names || declares(statement, names)).flatMap(reach);
}

function declares(statement: ts.Statement, names: readonly string[]): boolean {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.some(({ name }) => names.includes(name.getText()));
  }
  return ts.isFunctionDeclaration(statement) && names.includes(statement.name?.text ?? "");
}

describe("The configuration", () => {
  it("has a comment above each key that says all that the row says", () => {
    expect(unsaid(configuration, rowComments("kinds/configuration.ts"))).to.deep.equal([]);
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
    const comments = rowComments(`kinds/${camelCase}.ts`);

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

      it("has no rule that none of the wrong values of tools/reference/refusals.ts breaks", () => {
        const refused = refusals(inputs);
        const open = Object.entries(inputs).filter(([field, { ruled }]) => ruled && !refused.has(field));
        expect(open.map(([field]) => field)).to.deep.equal([]);
      });

      it("tells of every kind of error that its verbs make, and of rules that span inputs", () => {
        const made = errorKindsIn(`provider/resources/${camelCase}`);
        const all = new Set([...made, ...(outline.faults ? ["InvalidInput"] : [])]);
        expect(Object.keys(outline.errors)).to.have.members([...all]);
      });

      it("has a class whose comment gives an example, and whose get names the id", () => {
        const { meaning, example, get } = classComment(`sdk/${camelCase}.ts`, name);
        expect(meaning).not.to.equal("");
        expect(example).to.contain(`.${name}(`);
        expect(get).not.to.equal("");
        expect(textOf(`sdk/${camelCase}.ts`)).to.contain(`@param id \`${idPattern(outline)}\``);
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
