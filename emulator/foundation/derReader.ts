/** An element of DER (X.690) with all within it. */
export interface DerElement {
  readonly tag: number;
  readonly contents: Buffer;
}

const constructed = 0x20;

/** The elements that follow each other in these bytes. Throws a `RangeError` for bytes that are cut off. */
export function readDer(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let start = 0; start < bytes.length; ) {
    const tag = bytes.readUInt8(start);
    const { length, end: contentsStart } = readLength(bytes, start + 1);
    const end = contentsStart + length;
    if (end > bytes.length) throw new RangeError("the element is cut off");
    elements.push({ tag, contents: bytes.subarray(contentsStart, end) });
    start = end;
  }
  return elements;
}

/** The elements within one; none for one that holds a value. */
export function childrenOf({ tag, contents }: DerElement): DerElement[] {
  return (tag & constructed) === 0 ? [] : readDer(contents);
}

/** The dotted form of an object identifier. */
export function objectIdOf({ contents }: DerElement): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of contents) {
    number = number * 128 + (byte & 0x7f);
    if (byte > 0x7f) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join(".");
}

function readLength(bytes: Buffer, start: number): { length: number; end: number } {
  const first = bytes.readUInt8(start);
  if (first < 0x80) return { length: first, end: start + 1 };
  const count = first & 0x7f;
  return { length: bytes.readUIntBE(start + 1, count), end: start + 1 + count };
}
