import {
  DecodeError,
  type Decoder,
  decoder,
  documented,
  list,
  object,
  oneOf,
  optional,
  text,
} from "../foundation/decode";

/** One, or a list of them (documented: both say the same). */
const oneOrMore = decoder(
  { anyOf: [text.schema, { ...list(text).schema, minItems: 1 }] },
  (value, path): string | string[] => (typeof value === "string" ? text(value, path) : list(text)(value, path)),
);

/** A member that would narrow a statement, and that nothing here looks at. */
function notEvaluated(name: string): Decoder<undefined> {
  const refuse = (value: unknown, path: string) => {
    if (value !== undefined) {
      throw new DecodeError(`${path} is not evaluated here: a policy with ${name} would be taken for a wider one`);
    }
    return undefined;
  };
  return decoder({ not: {}, description: "Not evaluated, and so refused." }, refuse, true);
}

const statement = object({
  Condition: notEvaluated("conditions"),
  NotAction: notEvaluated("NotAction"),
  NotResource: notEvaluated("NotResource"),
  Effect: oneOf("Allow", "Deny"),
  Action: oneOrMore,
  Resource: oneOrMore,
});

export const ramPolicy = documented(object({ Version: oneOf("1"), Statement: list(statement) }), {
  description: "A RAM policy: all that the key may do. A key without one may do everything.",
});

/** The rights of an access key, in the form that the console takes. */
export type RamPolicy = ReturnType<typeof ramPolicy>;

export const optionalRamPolicy = optional(ramPolicy);
