const maxLength = 100;

/** A word of somebody else's as it may stand in our texts: short, of one line, and without escapes for a terminal. */
export function printable(text: string): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
  return cut.replace(/[^\x20-\x7e]/g, "?");
}

/** A name that somebody chose, for people. */
export function quoted(name: string): string {
  return JSON.stringify(printable(name));
}
