/** What the vendor's documents leave open about settings of an instance: rows of the table of assumptions. */
export const instanceAssumptions = {
  tagPage: {
    open: "How many tags a page of ListTagResources holds, and which tags of a resource a search by tags shows.",
    reason: "50, as comparable actions of other services; the tags searched for, on resources that carry all of them.",
    actions: ["ListTagResources"],
    options: ["50"],
  },
  serverNames: {
    open: "What the emulator's broker does with certificates by server name.",
    reason: "They are kept in another service that is not emulated: the broker shows its own certificate.",
    actions: ["SetSniConfig"],
    options: ["kept"],
  },
  downgradedConnections: {
    open: "Whether switching off public access cuts the connections there are.",
    reason: "The documents speak of access; new connections are refused in either reading.",
    actions: ["DisasterDowngrade"],
    options: ["stay", "closed"],
  },
} as const;
