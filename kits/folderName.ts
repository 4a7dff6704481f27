/** A client id as the name of a folder: what is neither letter, digit, `_`, `-` nor `@` is percent-encoded. */
export function folderName(clientId: string): string {
  return clientId.replace(/[^0-9A-Za-z_@-]+/g, (others) =>
    [...Buffer.from(others)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
