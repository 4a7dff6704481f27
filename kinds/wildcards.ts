/** What a name with `*` for any characters and `?` for one matches. */
export function wildcards(name: string): RegExp {
  // Runs of stars are one: each of them would be tried at every place.
  const source = name
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "su");
}
