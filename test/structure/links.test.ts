import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect } from "chai";
import { documents, withoutBlocks } from "./documents";
import { root, textOf } from "./sources";

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsIn(document: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(textOf(document)).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function isBroken(document: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsIn(target).includes(anchor);
}

describe("Links of the documents", () => {
  it("are found", () => {
    expect(documents).to.include.members(["README.md", "docs/reference/Group.md", "emulator/README.md"]);
  });

  for (const document of documents) {
    it(`lead to what is there: ${document}`, () => {
      const prose = withoutBlocks(textOf(document)).replace(/`[^`\n]*`/g, "");
      const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
      const inside = links.filter((link) => !/^[a-z]+:/.test(link));
      expect(inside.filter((link) => isBroken(document, link))).to.deep.equal([]);
    });
  }
});
