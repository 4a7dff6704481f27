/**
 * The name of an object in Pulumi: the parts of its id, joined by `/`. It follows from the object alone, so it is the
 * same in every run and unique within its kind, whatever else there is. Letters, digits and `@#+_.-` stand as they are,
 * single colons too, and slashes in the last part; all else becomes `~` with two hexadecimal digits for each byte.
 */
export function resourceName(parts: readonly (string | undefined)[]): string {
  const given = parts.map((part) => part ?? "");
  while (given.at(-1) === "") given.pop();
  const last = given.pop() ?? "";
  return [...given.map(escaped), last.split("/").map(escaped).join("/")].join("/");
}

function escaped(part: string): string {
  return part.replace(/::+|[^\p{L}\p{N}:@#+_.-]/gu, (text) =>
    [...Buffer.from(text)].map((byte) => `~${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}
