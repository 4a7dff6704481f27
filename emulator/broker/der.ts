/** The few shapes of DER (X.690) that a certificate is made of. */

function element(tag: number, contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), encodedLength(body.length), body]);
}

function encodedLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return element(0x30, items);
}

export function set(...items: readonly Uint8Array[]): Buffer {
  return element(0x31, items);
}

export const yes = element(0x01, [Buffer.from([0xff])]);

/** A number that is not negative, from its bytes. */
export function unsigned(bytes: Uint8Array): Buffer {
  const isNegative = (bytes[0] ?? 0) > 0x7f;
  return element(0x02, isNegative ? [Buffer.from([0]), bytes] : [bytes]);
}

/** @param unused bits of the last byte that do not count */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return element(0x03, [Buffer.from([unused]), bytes]);
}

export function octetString(bytes: Uint8Array): Buffer {
  return element(0x04, [bytes]);
}

/** An object identifier in its dotted form. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, [Buffer.from([first * 40 + second, ...rest.flatMap(base128)])]);
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

export function utf8(text: string): Buffer {
  return element(0x0c, [Buffer.from(text)]);
}

/** To the second, and before 2050, as UTCTime has it. */
export function utcTime(time: number): Buffer {
  const digits = new Date(time).toISOString().replaceAll(/\D/g, "");
  return element(0x17, [Buffer.from(`${digits.slice(2, 14)}Z`)]);
}

/** A context-specific element around others. */
export function explicit(tag: number, ...items: readonly Uint8Array[]): Buffer {
  return element(0xa0 | tag, items);
}

/** A context-specific element in place of a primitive one. */
export function implicit(tag: number, bytes: Uint8Array): Buffer {
  return element(0x80 | tag, [bytes]);
}
