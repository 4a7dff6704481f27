import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect } from "chai";
import { documents, linksWithin, withoutBlocks } from "../../tools/documents";
import { expectNone } from "./expectNone";
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
      const broken = linksWithin(textOf(document)).filter((link) => isBroken(document, link));
      expectNone(broken, `Mend these links of ${document}: there is no such file or heading`);
    });
  }

  it("in the contents of the readme lead to all its sections", () => {
    const text = textOf("README.md");
    const sections = [...withoutBlocks(text).matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
    const contents = /^\*\*Contents\*\*: .*$/m.exec(text)?.[0] ?? "";
    expectNone(
      sections.filter((heading) => !contents.includes(`[${heading}](#`)),
      "Add a link to these sections to the line **Contents** of README.md",
    );
  });
});
