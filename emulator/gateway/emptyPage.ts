import { randomUUID } from "node:crypto";
import { anyText, object, optional } from "../foundation/decode";

/**
 * The token of a page that a fault has emptied: it leads to what the page would have shown, whichever way the action pages.
 * Each one is another, as those of the service are.
 */
const prefix = "emptied.";

/** What says which page is asked for. */
const place = object({ PageNo: optional(anyText), NextToken: optional(anyText), id: anyText });

export function tokenOfEmptyPage(parameters: ReadonlyMap<string, string>): string {
  const [PageNo, NextToken] = [parameters.get("PageNo"), parameters.get("NextToken")];
  return prefix + Buffer.from(JSON.stringify({ PageNo, NextToken, id: randomUUID() })).toString("base64url");
}

/** The parameters of the page a request is about, in the place of the token of an emptied one. */
export function withoutEmptyPage(parameters: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const token = parameters.get("NextToken") ?? "";
  const asked = token.startsWith(prefix) ? readPlace(token.slice(prefix.length)) : undefined;
  if (asked === undefined) return parameters;
  const restored = new Map(parameters);
  for (const name of ["PageNo", "NextToken"] as const) {
    const value = asked[name];
    if (value === undefined) restored.delete(name);
    else restored.set(name, value);
  }
  return restored;
}

function readPlace(encoded: string): ReturnType<typeof place> | undefined {
  try {
    return place(JSON.parse(Buffer.from(encoded, "base64url").toString()), "");
  } catch {
    return undefined;
  }
}
