/** A serial number in one spelling: it is written with colons, in capitals, with or without leading zeros. */
export function serialKey(serial: string): string {
  return serial
    .toLowerCase()
    .replaceAll(":", "")
    .replace(/^0+(?=.)/, "");
}
