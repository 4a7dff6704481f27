import { extname } from "node:path";

/** The format that the name of a file asks for. */
export function formatOfFile<Format extends string>(
  path: string,
  byExtension: Readonly<Record<string, Format>>,
): Format {
  const format = byExtension[extname(path)];
  if (!format) {
    const known = Object.entries(byExtension).map(([extension, name]) => `${extension} (${name})`);
    throw new Error(`the name of ${path} tells no format: end it in ${known.join(", ")}`);
  }
  return format;
}
