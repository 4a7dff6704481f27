// Fails when a link of the site that was built leads nowhere, its page or its anchor: build/site
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const site = join(__dirname, "../../build/site");
const origin = "https://site.invalid";

const pages = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
const anchors = new Map(pages.map((page) => [page, new Set(valuesOf(page, "id"))]));
const broken = pages.flatMap((page) =>
  [...new Set(valuesOf(page, "href"))].filter((link) => isBroken(page, link)).map((link) => `${page}: ${link}`),
);
if (broken.length > 0) throw new Error(`Broken links of the site:\n${broken.join("\n")}`);
console.log(`${pages.length} pages, and all of their links lead somewhere.`);

/** The values of an attribute in a page. */
function valuesOf(page: string, attribute: string): string[] {
  const text = readFileSync(join(site, page), "utf8");
  return [...text.matchAll(new RegExp(` ${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) =>
    value.replaceAll("&amp;", "&"),
  );
}

function isBroken(page: string, link: string): boolean {
  const { origin: target, pathname, hash } = new URL(link, `${origin}/${page}`);
  if (target !== origin) return false;
  const file = fileOf(decodeURIComponent(pathname));
  if (file === undefined) return true;
  return hash !== "" && !anchors.get(file)?.has(decodeURIComponent(hash.slice(1)));
}

/** What a web server gives for a path. */
function fileOf(path: string): string | undefined {
  const candidates = [path, `${path}.html`, `${path}/index.html`].map((name) => join(site, name));
  const found = candidates.find((file) => existsSync(file) && statSync(file).isFile());
  return found && relative(site, found);
}
