import { finishedPulumi } from "../pulumi";
import { nameOf, parseDocument, readDocument, type Source } from "../stacks/document";
import { type Preview, previewFrom, whatItIs } from "./preview";

/** Where a preview comes from: a document, or a stack of the project in a folder, which is previewed for it. */
export interface PreviewSource {
  readonly document: Source | undefined;
  readonly stack: string | undefined;
  readonly folder: string;
}

export async function readPreview({ document, stack, folder }: PreviewSource): Promise<Preview> {
  if (document !== undefined) {
    return previewFrom(await readDocument(document, whatItIs), nameOf(document));
  }
  const named = stack === undefined ? [] : ["--stack", stack];
  const args = ["preview", "--json", "--show-sames", "--show-replacement-steps", ...named];
  // This variable turns the document into a stream of events.
  const env = { ...process.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: undefined };
  const { code, stdout, output } = await finishedPulumi(args, folder, env);
  // A preview that fails prints what it has, and why: that is reviewed too.
  if (code !== 0 && !stdout.trimStart().startsWith("{")) {
    throw new Error(`pulumi ${args.join(" ")} ended with exit code ${code}:\n${output}`);
  }
  return previewFrom(parseDocument(stdout, "the preview", whatItIs), "the preview");
}
