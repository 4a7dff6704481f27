import { expect } from "chai";
import { formats } from "../../cli/reviewing/formats";
import { type Change, type ChangeType, changeTypes, type Report } from "../../cli/reviewing/report";

const types = Object.keys(changeTypes) as ChangeType[];
const odd = "odd <&\"'> a|b `c` *d* @all 电";

/** One change of each type, in odd words. */
const changes = types.map(
  (type): Change => ({
    type,
    kind: "DeviceCredential",
    id: `post-cn-x/GID_a%40%40%40${type}`,
    name: `line|1 ${odd}`,
    urn: "urn:pulumi:prod::plant::a:b:C::line|1",
    text: `${type} ${odd}`,
    fields: [],
    removes: 0,
  }),
);
const report: Report = {
  version: 1,
  time: "2026-03-02T09:30:00.000Z",
  stack: "plant/<prod>--",
  limits: [
    { name: "max-removals", limit: "5%", verdict: "exceeded", text: "7 removals of 10 objects, at most 5% allowed" },
    { name: "max-rotations", limit: "5", verdict: "kept", text: "1 rotation, at most 5 allowed" },
  ],
  counts: Object.fromEntries(types.map((type) => [type, 1])),
  removals: { least: 7, most: 7 },
  rotations: { least: 1, most: 1 },
  online: 3,
  calls: { total: 1_250, billed: 12, byAction: {}, requestsPerSecond: 100, leastSeconds: 12.5 },
  changes,
  unknowns: [`an unknown ${odd}`],
  gaps: [`a gap ${odd}`],
};
const mostCharacters = 60_000;

describe("The formats of a review", () => {
  it("text: has every change, limits that are not kept first, and nothing that steers a terminal", () => {
    const text = formats.text({ ...report, gaps: ["\u001b]0;title\u0007 \u001b[2J"] });
    for (const { text: words } of changes) expect(text).to.contain(words);
    expect(text).to.match(/^EXCEEDED {2}--max-removals: 7 removals/);
    expect(text).to.contain("post-cn-x/GID_a@@@refused").and.not.contain("--max-rotations");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    expect(text).not.to.match(/[\u0007\u001b]/);
  });

  it("markdown: begins with one mark, limits and headline, and folds each change into a row of its own", () => {
    const text = formats.markdown(report);
    const [mark, limit, , headline] = text.split("\n");
    expect(mark).to.equal("<!-- apsaramq-mqtt review plant/_prod__ -->");
    expect(limit).to.match(/^> \*\*Exceeded\*\*: `--max-removals`, 7 removals/);
    expect(headline).to.match(
      /^\*\*plant\/\\<prod\\>--: 1 refused, .* 3 devices that lose their login connected now\*\*$/,
    );
    const rows = text.split("\n").filter((one) => one.startsWith("| DeviceCredential"));
    expect(rows).to.have.lengthOf(types.length);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g), row).to.have.lengthOf(5);
    expect(text.match(/<details>/g)).to.have.lengthOf(types.length + 1);
    expect(text.match(/<details>/g)).to.deep.equal(text.match(/<\/details>/g)?.map(() => "<details>"));
    expect(text).not.to.match(/@all|(?<!\\)<&/);
  });

  it("markdown: stays within what GitHub takes for a comment, whole rows alone, and says what is left out", () => {
    const [one] = changes;
    const many = Array.from(
      { length: 5_000 },
      (_, index) => ({ ...one, id: `x/${index}`, text: odd.repeat(40) }) as Change,
    );
    const text = formats.markdown({ ...report, changes: many, gaps: Array(500).fill(odd.repeat(40)) });
    expect(Buffer.byteLength(text))
      .to.be.at.most(mostCharacters)
      .and.at.least(mostCharacters / 2);
    const rows = text.split("\n").filter((row) => row.startsWith("| DeviceCredential"));
    expect(text).to.contain(`${(many.length - rows.length).toLocaleString("en")} more changes have no room here`);
    for (const row of rows) expect(row).to.match(/ \|$/);
    expect(text).to.contain("</details>");
  });
});
