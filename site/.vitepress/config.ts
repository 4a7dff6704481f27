import { readdirSync, readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig } from "vitepress";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Where a document of the repository stands on the site. */
function placeOf(document: string): string {
  if (document === "site/index.md") return "index.md";
  if (document === "README.md") return "readme.md";
  const place = document.replace(/^docs\//, "").replace(/README\.md$/, "index.md");
  return place.replace(/(^|\/)[A-Z]+\.md$/, (name) => name.toLowerCase());
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

/** A document's own title. */
function titleOf(document: string): string {
  const [, title = document] = readFileSync(join(root, document), "utf8").match(/^# (.+)$/m) ?? [];
  return title;
}

function item(document: string): DefaultTheme.SidebarItem {
  return { text: titleOf(document), link: `/${placeOf(document).replace(/(index)?\.md$/, "")}` };
}

/** The documents that a section of the readme names in its first table, in that order. */
function namedIn(heading: string): string[] {
  const [, section = ""] = readFileSync(join(root, "README.md"), "utf8").split(`\n## ${heading}\n`);
  const [text = ""] = section.split("\n## ");
  return [...text.matchAll(/^\| \[.+?\]\((.+?\.md)\)/gm)].map(([, document = ""]) => document);
}

const kinds = namedIn("Reference");
const otherPages = readdirSync(join(root, "docs/reference"))
  .map((name) => `docs/reference/${name}`)
  .filter((page) => !kinds.includes(page))
  .concat("docs/commands.md");

const inEmulator = ["README.md", "COVERAGE.md", "CHANGELOG.md"].map((name) => `emulator/${name}`);
const ofProject = ["README.md", "DESIGN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/licences.md"];

/** Files that are no documents, and that documents link to. */
const linkedFiles = new Set<string>();

export default defineConfig({
  title: "pulumi-apsaramq-mqtt",
  description: "Credentials and certificates of IoT devices on ApsaraMQ for MQTT, as Pulumi resources",
  srcDir: root,
  outDir: join(root, "build/site"),
  cacheDir: join(root, "site/node_modules/.vitepress"),
  srcExclude: ["build/**", "dist/**", "**/dist/**"],
  rewrites: placeOf,
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    anchor: { slugify: anchorOf },
    config(markdown) {
      // Links lead to files of the repository, as on the pages of a host; here these stand elsewhere.
      markdown.core.ruler.push("places", ({ tokens, env }) => {
        const file: string | undefined = env.realPath ?? env.path;
        if (file === undefined) return;
        const folder = posix.dirname(relative(root, file));
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const link = token.type === "link_open" && token.attrGet("href");
          if (!link || /^([a-z]+:|#|\/)/.test(link)) continue;
          const [path = "", anchor] = link.split("#");
          const target = posix.join(folder, path);
          if (!target.endsWith(".md")) {
            linkedFiles.add(target);
            token.attrSet("target", "_blank");
          }
          token.attrSet("href", `/${placeOf(target)}${anchor === undefined ? "" : `#${anchor}`}`);
        }
      });
    },
  },
  transformPageData({ frontmatter, relativePath }) {
    // Their tables are wider than what an outline beside them leaves.
    if (/^(reference|emulator)\//.test(relativePath)) frontmatter.aside = false;
  },
  async buildEnd({ outDir }) {
    for (const file of linkedFiles) await cp(join(root, file), join(outDir, placeOf(file)));
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Guides", link: "/guides/first-stack" },
      { text: "Reference", link: "/reference/DeviceCredential" },
      { text: "Examples", link: "/examples/quick-start/" },
      { text: "Emulator", link: "/emulator/" },
    ],
    sidebar: [
      { text: "Guides", items: namedIn("Guides").map(item) },
      { text: "Reference", items: [...kinds, ...otherPages].map(item) },
      { text: "Examples", items: namedIn("Examples").map(item), collapsed: true },
      { text: "The emulator", items: inEmulator.map(item), collapsed: true },
      { text: "The project", items: ofProject.map(item), collapsed: true },
    ],
  },
});
