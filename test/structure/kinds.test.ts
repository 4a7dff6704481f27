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
import { expectNone } from "./expectNone";
import { findKinds } from "./kinds";
import { filesBelow, nodes, parse, textOf } from "./sources";

/** The class of a kind, which whoever adds one may not have written yet. */
function classOf(name: string, camelCase: string) {
  const found: unknown = Reflect.get(sdk, name);
  if (typeof found === "function") return found;
  return expect.fail(
    `Write the class ${name} in sdk/${camelCase}.ts, and add to sdk/index.ts:\n  - export { ${name}, type ${name}Args } from "./${camelCase}";`,
  );
}

/** What to do about what rows say and the comments above them do not. */
function sayIn(file: string): string {
  return `Say in the comments above these rows of ${file} what the rows say (\`Default: ...\`, \`A change replaces\`, \`Secret:\`, ranges)`;
}

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
    expectNone(unsaid(configuration, rowComments("kinds/configuration.ts")), sayIn("kinds/configuration.ts"));
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
        const isThere = new RegExp(`^export const ${camelCase} = `, "m").test(textOf("provider/index.ts"));
        expectNone(
          isThere ? [] : [`export const ${camelCase} = dynamicProvider(kinds.${camelCase}, run);`],
          `Write provider/resources/${camelCase}.ts, add it to provider/kinds.ts, and add to provider/index.ts`,
        );
      });

      it("has a class in sdk/ with the frozen token and stub", async () => {
        const found = await registrations(() => Reflect.construct(classOf(name, camelCase), ["made", {}]));
        expect(
          found,
          "let the constructor take what it hands on from `resourceArguments(outline, name, args, opts)`",
        ).to.deep.equal([
          {
            type: `pulumi-nodejs:dynamic/apsaramq:${name}`,
            name: "made",
            id: undefined,
            inputs: { __provider: `exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").${camelCase};` },
          },
        ]);
      });

      it("has a name for its stub that its type token gives", () => {
        expect(camelCase, "rename the entry in kinds/index.ts, or `name` of the outline").to.equal(
          name.charAt(0).toLowerCase() + name.slice(1),
        );
      });

      it("has a comment above each row that says all that the row says", () => {
        expectNone(unsaid(fields, comments), sayIn(`kinds/${camelCase}.ts`));
      });

      it("says what holds for each input that may be left out", () => {
        const silent = Object.entries(inputs).filter(([, field]) => !field.required && field.default === undefined);
        expectNone(
          silent.map(([field]) => field),
          `Give these rows of kinds/${camelCase}.ts \`default\`, in words: what holds when they are left out`,
        );
      });

      it("has no rule that none of the wrong values of tools/reference/refusals.ts breaks", () => {
        const refused = refusals(inputs);
        const open = Object.entries(inputs).filter(([field, { ruled }]) => ruled && !refused.has(field));
        expectNone(
          open.map(([field]) => field),
          "Add a value that breaks the rule of these inputs to tools/reference/refusals.ts",
        );
      });

      it("tells of every kind of error that its verbs make, and of rules that span inputs", () => {
        const made = errorKindsIn(`provider/resources/${camelCase}`);
        const all = new Set([...made, ...(outline.faults ? ["InvalidInput"] : [])]);
        const told = Object.keys(outline.errors);
        expectNone(
          [...all].filter((kind) => !told.includes(kind)),
          `Add these to \`errors\` of kinds/${camelCase}.ts, each with when it comes`,
        );
        expectNone(
          told.filter((kind) => !all.has(kind)),
          `Take these out of \`errors\` of kinds/${camelCase}.ts: provider/resources/${camelCase}.ts makes none`,
        );
      });

      it("has a class whose comment gives an example, and whose get names the id", () => {
        classOf(name, camelCase);
        const { meaning, sentence, example, get } = classComment(`sdk/${camelCase}.ts`, name);
        const others = kinds.filter((other) => other.name !== name && Reflect.has(sdk, other.name));
        const file = textOf(`sdk/${camelCase}.ts`);
        const missing = [
          ...(meaning ? [] : [`above the class: what ${name} is for`]),
          ...others
            .filter((other) => classComment(`sdk/${other.camelCase}.ts`, other.name).sentence === sentence)
            .map((other) => `above the class: a first sentence of its own, which is not that of ${other.name}`),
          ...(example.includes(`.${name}(`) ? [] : [`above the class: @example with new mqtt.${name}(`]),
          ...(get ? [] : ["above get: what it does"]),
          ...(file.includes(`@param id \`${idPattern(outline)}\``)
            ? []
            : [`above get: @param id \`${idPattern(outline)}\``]),
        ];
        expectNone(missing, `Add to the comments of sdk/${camelCase}.ts`);
      });

      it("takes whatever sounds like a secret for one, unless it is sealed", () => {
        const open = Object.entries(fields).filter(
          ([field, { secret }]) => /secret$|password|token/i.test(field) && !field.startsWith("sealed") && !secret,
        );
        expectNone(
          open.map(([field]) => field),
          `Give these rows of kinds/${camelCase}.ts \`secret: true\`, or a name that does not sound like a secret`,
        );
      });

      it("is named by nothing that is secret", () => {
        expectNone(
          key.filter((part) => fields[part]?.secret),
          `Take these out of \`key\` of kinds/${camelCase}.ts: the engine prints ids; the key must be made of what is no secret`,
        );
      });

      it("replaces the object when an input of its key changes", () => {
        expectNone(
          key.filter((part) => part in inputs && !inputs[part]?.replaces),
          `Give these rows of kinds/${camelCase}.ts \`replaces: true\`: another key is another object`,
        );
      });

      it("has a member on its resources for every input and output", async () => {
        let made: object = {};
        await registrations(() => {
          made = Reflect.construct(classOf(name, camelCase), ["made", {}]);
        });
        const missing = Object.keys(fields).filter((field) => !pulumi.Output.isInstance(Reflect.get(made, field)));
        expectNone(
          missing,
          `Let the constructor in sdk/${camelCase}.ts take what it hands on from \`resourceArguments\`, which makes these members`,
        );
      });

      it("hides its secrets", async () => {
        let hidden: readonly string[] | undefined;
        const listen: pulumi.ResourceTransformation = ({ opts }) => {
          hidden = (opts as pulumi.CustomResourceOptions).additionalSecretOutputs;
          return undefined;
        };
        await registrations(() =>
          Reflect.construct(classOf(name, camelCase), ["made", {}, { transformations: [listen] }]),
        );
        expect(
          hidden,
          "let the constructor take what it hands on from `resourceArguments(outline, name, args, opts)`",
        ).to.have.members(Object.keys(fields).filter((field) => fields[field]?.secret));
      });

      it("asks for actions that the emulator answers", () => {
        expectNone(
          outline.actions.filter((action) => !answered.has(action)),
          `Mend the names in \`actions\` of kinds/${camelCase}.ts, or add a handler to emulator/operations/`,
        );
      });

      it("asks for actions that the provider can send", () => {
        const sent = Object.values(asked).map((action) => action.name);
        expectNone(
          outline.actions.filter((action) => !sent.includes(action)),
          "Add a row for each of these actions to provider/service/actions.ts",
        );
      });

      it("has tests of its behaviour, and a sample for the table of faults", () => {
        const isTested = filesBelow("test/provider").some((file) => textOf(file).includes(`describeService("${name}"`));
        const isMissed = new RegExp(`^ +${camelCase}: `, "m").test(textOf("test/provider/missing.test.ts"));
        const sample = `test/faults/samples/${camelCase}.ts`;
        expectNone(
          [
            ...(isTested ? [] : [`test/provider/${camelCase}.test.ts, with describeService("${name}", ...)`]),
            ...(isMissed ? [] : [`${camelCase}: in \`ids\` of test/provider/missing.test.ts`]),
            ...(textOf(sample) ? [] : [sample]),
          ],
          "Write these (steps 5 and 6 of CONTRIBUTING.md)",
        );
      });

      it("has a test on the real engine", () => {
        expectNone(
          textOf("test/engine/everyKind.test.ts").includes(`made("${name}"`) ? [] : [`made("${name}", ...)`],
          "Add the kind to the stack of test/engine/everyKind.test.ts",
        );
      });

      it("is shown in an example", () => {
        const shown = filesBelow("examples").some((file) => textOf(file).includes(`.${name}(`));
        expectNone(shown ? [] : [`new mqtt.${name}(...)`], "Add it to the example in examples/ that it fits best");
      });

      it("has a line in the changelog", () => {
        const isTold = new RegExp(`^- .*\\b${name}\\b`, "m").test(textOf("CHANGELOG.md"));
        expectNone(isTold ? [] : [`${name}: <what it does>`], "Add a line below Unreleased in CHANGELOG.md");
      });
    });
  }
});

describe("Every action that the provider asks for", () => {
  for (const { name } of Object.values(asked)) {
    it(`is answered by the emulator: ${name}`, () => {
      expectNone(
        answered.has(name) ? [] : [name],
        "Mend the name in provider/service/actions.ts, or add a handler to emulator/operations/",
      );
    });
  }
});
