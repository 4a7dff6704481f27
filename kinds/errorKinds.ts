/**
 * What went wrong, as far as a resource has to tell it apart, and what each says. Closed: a new code of the service gets a
 * row in the provider's table of codes, not a new kind.
 */
export const errorKinds = {
  NotFound: "What the action is about is not there.",
  Conflict: "What is there stands in the way; nothing was changed.",
  InvalidInput: "A value is not one that counts: an input or a key of the configuration, or what the service refuses.",
  Unauthorized: "The operator's keys were refused, or lack a right.",
  Unsupported: "The instance, its edition or its region does not offer this, or holds as much as it may.",
  Throttled: "The service still refused the rate of requests when the provider had waited for as long as it waits.",
  Transient: "The service or the way to it failed; run the command again.",
  Stopped: "The run was ended, or broke off, before this was done; run the command again.",
  Unexpected: "The service answered what the provider does not understand. It proves nothing of what was done.",
} as const;

export type ErrorKind = keyof typeof errorKinds;
