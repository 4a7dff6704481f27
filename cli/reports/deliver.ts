import { writeAll } from "../outputFiles";
import { print } from "../print";

/** Writes a report to files, all or none, and then to stdout, each in its format. */
export async function deliver<Report, Name extends string>(
  report: Report,
  formats: Readonly<Record<Name, (report: Report) => string>>,
  format: Name,
  files: readonly { readonly path: string; readonly format: Name }[],
): Promise<void> {
  writeAll(files.map((file) => ({ path: file.path, text: formats[file.format](report), mode: 0o644 })));
  await print(formats[format](report));
}
