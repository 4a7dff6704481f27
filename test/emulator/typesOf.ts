/** The type of everything in an answer by its path, in the words of the vendor's documents; `[]` stands for the items of a list. */
export function typesOf(answer: Readonly<Record<string, unknown>>, prefix = ""): Record<string, string> {
  const types = Object.entries(answer).map(([name, value]) => memberTypes(prefix + name, value));
  return Object.assign({}, ...types);
}

function memberTypes(path: string, value: unknown): Record<string, string> {
  if (Array.isArray(value)) {
    const [first] = value;
    return isObject(first)
      ? { [path]: "array<object>", ...typesOf(Object.assign({}, ...value), `${path}[].`) }
      : { [path]: `array<${typeof first}>` };
  }
  if (isObject(value)) return { [path]: "object", ...typesOf(value, `${path}.`) };
  return { [path]: Number.isInteger(value) ? "integer" : typeof value };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
