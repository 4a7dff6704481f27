/**
 * Resource ids as they stand in users' state: the parts that name the object in the service, percent-encoded and
 * joined by `/`. Never a secret: the engine prints ids.
 */
export function formatId(parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join("/");
}

/** The parts of an id, or undefined when their number or encoding is off. */
export function parseId(id: string, partCount: number): string[] | undefined {
  try {
    const parts = id.split("/").map(decodeURIComponent);
    return parts.length === partCount && parts.every(Boolean) ? parts : undefined;
  } catch {
    return undefined;
  }
}
