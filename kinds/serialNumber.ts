/** Limit of the service on the serial numbers of CAs and devices. */
export const maxSerialLength = 128;

/** What is wrong with a serial number, or undefined. */
export function serialFault(serial: string): string | undefined {
  if (!/^[0-9A-Za-z:_-]+$/.test(serial)) {
    return "must be a serial number as the service lists it, in hexadecimal";
  }
  return serial.length > maxSerialLength
    ? `must be at most ${maxSerialLength} characters; got ${serial.length}`
    : undefined;
}

/** A serial number in one spelling: it is written with colons, in capitals, with or without leading zeros. */
export function serialKey(serial: string): string {
  return serial
    .toLowerCase()
    .replaceAll(":", "")
    .replace(/^0+(?=.)/, "");
}
