import { filesBelow, root } from "./sources";

/** A kind as its module in provider/resources describes it. */
export interface FoundKind {
  readonly file: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The kinds that provider/resources holds; its other modules are what kinds share. */
export function findKinds(): FoundKind[] {
  return filesBelow("provider/resources").flatMap((file) => {
    const exported: Record<string, unknown> = require(`${root}/${file}`);
    return Object.values(exported)
      .filter(isKind)
      .map(({ name, inputs, outputs }) => ({
        file,
        name,
        inputs: Object.keys(inputs),
        outputs: Object.keys(outputs),
      }));
  });
}

function isKind(value: unknown): value is { name: string; inputs: object; outputs: object } {
  return (
    typeof value === "object" && value !== null && ["name", "inputs", "outputs", "key"].every((key) => key in value)
  );
}
