/** What create may do with an object that is there already. */
export const ifExistsChoices = ["fail", "adopt", "rotate"] as const;
export type IfExists = (typeof ifExistsChoices)[number];

/** The same with one that has no secret. */
export const takeOverChoices = ["fail", "adopt"] as const;
