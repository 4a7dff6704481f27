/** How old the listing may be in which create looks before it writes. */
export const guardAgeMs = 60_000;
