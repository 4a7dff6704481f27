/** What is wrong with the name of a fleet or a set, which tells entries of one place apart; undefined when nothing is. */
export function entryNameFault(value: string): string | undefined {
  return /^[a-z][a-z0-9_-]{0,63}$/.test(value)
    ? undefined
    : "must be a lower-case letter, then such letters, digits, - and _, at most 64 in all";
}
