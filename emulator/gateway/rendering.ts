import { XMLBuilder } from "fast-xml-parser";
import { ServiceError } from "../facts/errors";
import type { Data } from "../operations/envelope";
import type { ParsedRequest } from "./request";

export type Format = "JSON" | "XML";

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Besides the content type, or in its place. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `Format` of the classic signature counts first, then the Accept header; JSON is the default. */
export function requestedFormat(request: ParsedRequest): Format {
  const format = request.parameters.get("Format")?.toUpperCase();
  if (format === "JSON" || format === "XML") return format;
  if (format !== undefined) throw new ServiceError("InvalidParameter.%s", "Format");
  return /\b(application|text)\/xml\b/.test(request.headers.get("accept") ?? "") ? "XML" : "JSON";
}

/** XML 1.0 has no way to write these characters. */
const notInXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const xml = new XMLBuilder({ format: false });

/** Renders a body; `root` is the name of the outermost XML element: `<Action>Response`, or `Error`. */
export function render(format: Format, status: number, root: string, data: Data): Answer {
  if (format === "JSON") {
    return { status, contentType: "application/json;charset=utf-8", body: JSON.stringify(data) };
  }
  const body = `<?xml version="1.0" encoding="UTF-8"?>${xml.build({ [root]: data }).replaceAll(notInXml, "\ufffd")}`;
  return { status, contentType: "text/xml;charset=utf-8", body };
}
