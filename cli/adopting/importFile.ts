import { secretMark, typeOf } from "../../kinds/inState";
import type { Adopted } from "./adopted";

/** The file that `pulumi import --file` takes: with inputs and outputs it asks no provider (CLI 3.254 and newer). */
export function importFileText(adopted: readonly Adopted[]): string {
  const resources = adopted.map((resource) => {
    const { outline, name, id, inputs, outputs } = resource;
    return {
      type: typeOf(outline.name),
      name,
      id,
      inputs: marked(resource, inputs),
      outputs: marked(resource, outputs),
    };
  });
  return `{"resources":[\n${resources.map((resource) => JSON.stringify(resource)).join(",\n")}\n]}\n`;
}

function marked({ outline }: Adopted, values: Adopted["outputs"]): Adopted["outputs"] {
  const fields = { ...outline.inputs, ...outline.outputs };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      fields[name]?.secret ? { ...secretMark, plaintext: JSON.stringify(value) } : value,
    ]),
  );
}
