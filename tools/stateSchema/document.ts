import { seedSchema } from "../../emulator/state/seed";

/** The JSON Schema of the emulator's state, as its package carries it. */
export function stateSchemaDocument(): string {
  return `${JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", ...seedSchema }, null, 2)}\n`;
}
