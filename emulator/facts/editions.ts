/** What only some editions of an instance have (documented). */
export interface EditionFeatures {
  readonly mqtt5: boolean;
  readonly certificates: boolean;
  readonly customAuth: boolean;
}

const everything: EditionFeatures = { mqtt5: true, certificates: true, customAuth: true };
const nothing: EditionFeatures = { mqtt5: false, certificates: false, customAuth: false };

/** Serverless is named for MQTT 5 only. */
export const editions = {
  standard: nothing,
  serverless: { ...nothing, mqtt5: true },
  professional: everything,
  platinum: everything,
} as const satisfies Record<string, EditionFeatures>;

export type Edition = keyof typeof editions;
export const editionNames = Object.keys(editions) as readonly Edition[];
