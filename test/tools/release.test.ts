import { expect } from "chai";
import {
  changelogFaults,
  contentFaults,
  linkFaults,
  openMatters,
  stateFaults,
  versionFaults,
  versionsIn,
} from "../../tools/release/checks";

const manifest = { name: "ours", version: "1.2.0" };
const changelog = "# Changelog\n\n## Unreleased\n\n- c\n\n## 1.2.0\n\n- b\n\n## 1.1.0\n\n- a\n";

describe("What a release needs:", () => {
  it("a changelog whose newest version is the package's, with something below each heading", () => {
    expect(versionsIn(changelog)).to.deep.equal(["1.2.0", "1.1.0"]);
    expect(changelogFaults("C.md", changelog, manifest)).to.deep.equal([]);
    const [missing = "", ...others] = changelogFaults("C.md", changelog, { ...manifest, version: "1.3.0" });
    expect(missing).to.contain('C.md has no "## 1.3.0" above all other versions');
    expect(others).to.deep.equal([]);
    const hollow = changelog.replace("- c\n\n", "").replace("- a\n", "");
    expect(changelogFaults("C.md", hollow, manifest).map((fault) => fault.split(":")[0])).to.deep.equal([
      'C.md says nothing below "## Unreleased"',
      'C.md says nothing below "## 1.1.0"',
    ]);
    expect(changelogFaults("C.md", "", manifest)).to.have.lengthOf(1);
  });

  it("one version in the lock file and in what examples ask for", () => {
    const examples = (range: string) => new Map([["examples/a", { ...manifest, dependencies: { ours: range } }]]);
    expect(versionFaults(manifest, "1.2.0", examples("^1.1.0"))).to.deep.equal([]);
    const [lock, example] = versionFaults(manifest, "1.1.0", examples("^1.3.0"));
    expect(lock).to.contain("package-lock.json has ours 1.1.0, package.json 1.2.0");
    expect(example).to.equal("examples/a/package.json asks for ours ^1.3.0: ask for ^1.2.0");
  });

  it("the state of each version", () => {
    expect(stateFaults(changelog, ["1.1.0", "1.2.0"])).to.deep.equal([]);
    const [missing, ...others] = stateFaults(changelog, ["1.1.0"]);
    expect(missing).to.contain("test/engine/states/1.2.0 is missing");
    expect(others).to.deep.equal([]);
  });

  it("all files that are used, none besides, and not too many bytes", () => {
    const bounds = { size: 10, unpackedSize: 20, files: ["README.md"], allowed: ["README.md", "dist/"] };
    const content = { size: 10, unpackedSize: 20, files: ["README.md", "dist/a.js"] };
    expect(contentFaults("ours", content, bounds)).to.deep.equal([]);
    const faults = contentFaults("ours", { size: 11, unpackedSize: 21, files: ["distant.js"] }, bounds);
    expect(faults.map((fault) => fault.split(/[:,]/)[0])).to.deep.equal([
      "ours lacks README.md",
      "ours holds distant.js",
      "ours has 11 bytes packed",
      "ours has 21 bytes installed",
    ]);
  });

  it("links that lead to packed files, or to the other package", () => {
    const files = ["README.md", "docs/a.md"];
    const faults = (text: string) => linkFaults("ours", files, (file) => (file === "docs/a.md" ? text : ""), "other/");
    const good = "[a](#b) [c](../README.md#d) [e](https://example.com/f) [g](../other/h.md) `[i](j.md)`";
    expect(faults(good)).to.deep.equal([]);
    expect(faults("[a](b.md#c)")[0]).to.contain("docs/a.md of ours links to docs/b.md, which is not packed");
  });

  it("an address, and a version for all changes, before it is published", () => {
    const published = { ...manifest, repository: {}, homepage: "", bugs: {} };
    expect(openMatters("C.md", "## 1.2.0\n\n- b\n", published)).to.deep.equal([]);
    const [address, version] = openMatters("C.md", changelog, { ...published, bugs: undefined });
    expect(address).to.contain("ours has no bugs");
    expect(version).to.contain('C.md begins with "## Unreleased"');
  });
});
