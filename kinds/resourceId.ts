/**
 * Resource ids as they stand in users' state: the parts that name the object in the service, percent-encoded and
 * joined by `/`; a part that an object does not have is empty. Never a secret: the engine prints ids.
 */
export function formatId(parts: readonly (string | undefined)[]): string {
  return parts.map((part) => encodeURIComponent(part ?? "")).join("/");
}

/** The parts of an id, or undefined when their number or encoding is off. */
export function parseId(id: string, partCount: number): (string | undefined)[] | undefined {
  try {
    const parts = id.split("/").map(decodeURIComponent);
    return parts.length === partCount ? parts.map((part) => part || undefined) : undefined;
  } catch {
    return undefined;
  }
}
