/** What the commands end with; the table of the readme is this one. */
export const exitCodes = {
  /** Done, and nothing to report. */
  fine: 0,
  /** Nothing was done, or nothing could be told; stderr says why. */
  failed: 1,
  /** The arguments are wrong. */
  usage: 2,
  /** Done as far as possible: some of it could not be had, and each gap is named. */
  incomplete: 3,
  /** Done, and there is what the command looks for: drift, a limit that is passed, an adoption that does not prove right. */
  found: 4,
} as const;
