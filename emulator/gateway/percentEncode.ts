/** RFC 3986: everything but letters, digits, `-`, `_`, `.`, `~` is escaped. Both signatures build on it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `name=value` pairs in the order of their names, joined by `&`. */
export function canonicalQuery(parameters: ReadonlyMap<string, string>): string {
  return [...parameters.keys()]
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(parameters.get(name) ?? "")}`)
    .join("&");
}
