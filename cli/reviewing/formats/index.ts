import type { Report } from "../report";
import { json } from "./json";
import { markdown } from "./markdown";
import { text } from "./text";

/** How a report is written, by the name of the format. */
export const formats = { text, markdown, json } satisfies Readonly<Record<string, (report: Report) => string>>;
export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

export const byExtension: Readonly<Record<string, FormatName>> = {
  ".txt": "text",
  ".md": "markdown",
  ".json": "json",
};
