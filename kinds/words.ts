/** So many of something, in the words that go with one and with more. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${withCommas(count)} ${count === 1 ? one : more}`;
}

/** A whole number in groups of three digits. */
export function withCommas(count: number): string {
  // Not by `toLocaleString`, whose first use takes 10 ms.
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** The first of some names, and how many others there are. */
export function firstOf(names: readonly string[], most = 10): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`;
}
