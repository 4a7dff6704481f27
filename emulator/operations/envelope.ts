/** What a handler gives back and what becomes the body of an answer. */
export type Data = Readonly<Record<string, unknown>>;

// What a write answers, in the two envelopes there are (documented).

/** Custom authentication, connections and disaster recovery: a number and a boolean. */
export const done = { Code: 200, Success: true, Message: "operation success." } as const;

/** Tags and instances: all in strings. */
export const doneInText = { Code: "200", Success: "true", Message: "operation success." } as const;
