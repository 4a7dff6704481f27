import { type Decoder, object, oneOf, optional } from "../foundation/decode";
import { brokerAssumptions } from "./brokerAssumptions";
import { certificateAssumptions } from "./certificateAssumptions";
import { credentialAssumptions } from "./credentialAssumptions";
import { customAuthAssumptions } from "./customAuthAssumptions";
import { gatewayAssumptions } from "./gatewayAssumptions";
import { instanceAssumptions } from "./instanceAssumptions";
import { messageAssumptions } from "./messageAssumptions";
import { ramAssumptions } from "./ramAssumptions";

/**
 * What the vendor's documents leave open, and how this emulator reads it: the one table of assumptions.
 *
 * The first option of a switch is the default. A row without a second option names a reading for which no plausible
 * alternative is offered; it stands here so that nobody takes it for documented.
 */
interface AssumptionRow {
  /** The question the sources do not answer. */
  readonly open: string;
  /** Why the default is the default. */
  readonly reason: string;
  /** The actions it is about. @default it is about the gateway or the broker */
  readonly actions?: readonly string[];
  readonly options: readonly [string, ...string[]];
}

export const assumptionTable = {
  ...gatewayAssumptions,
  ...ramAssumptions,
  ...credentialAssumptions,
  ...certificateAssumptions,
  ...messageAssumptions,
  ...customAuthAssumptions,
  ...instanceAssumptions,
  ...brokerAssumptions,
} as const satisfies Record<string, AssumptionRow>;

type Table = typeof assumptionTable;

export type AssumptionId = keyof Table;

/** The reading chosen for every row. */
export type Assumptions = { readonly [Id in AssumptionId]: Table[Id]["options"][number] };

const ids = Object.keys(assumptionTable) as AssumptionId[];

export const defaultAssumptions = Object.fromEntries(
  ids.map((id) => [id, assumptionTable[id].options[0]]),
) as unknown as Assumptions;

/** Reads a choice of readings; rows that are left out keep theirs. */
export const assumptionChoice = object(
  Object.fromEntries(ids.map((id) => [id, optional(oneOf<string>(...assumptionTable[id].options))])),
) as Decoder<Partial<Assumptions>>;
