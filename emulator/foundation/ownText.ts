/**
 * A text that stands on its own, at most so many UTF-16 units of it. V8 keeps a long text alive as long as any piece cut out of it
 * is, so what is kept of a request has to be copied.
 */
export function ownText(text: string, maxLength = text.length): string {
  return Buffer.from(text.slice(0, maxLength)).toString();
}
