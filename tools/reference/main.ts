// Fills in what README.md and docs/reference/ tell of kinds/ and sdk/: node --import tsx tools/reference/main.ts
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "./comments";
import { folder, newPage, pages, textOf, withPlaces } from "./pages";

mkdirSync(join(root, folder), { recursive: true });
for (const [page, makePlaces] of pages()) {
  const places = makePlaces();
  const text = existsSync(join(root, page)) ? textOf(page) : newPage(basename(page, ".md"), places);
  writeFileSync(join(root, page), withPlaces(text, places));
}
