/**
 * Reads one value out of an answer of the service. A missing or mistyped field is an error that names its path, never
 * an invented value. The message holds the path only: an answer may carry a secret.
 */
export class Answer {
  constructor(
    private readonly value: unknown,
    private readonly path = "answer",
  ) {}

  get(name: string): Answer {
    const { value } = this;
    const member = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
    return new Answer(member, `${this.path}.${name}`);
  }

  text(): string {
    return typeof this.value === "string" ? this.value : this.fail("a string");
  }

  optionalText(): string | undefined {
    return typeof this.value === "string" && this.value !== "" ? this.value : undefined;
  }

  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.fail("a boolean");
  }

  /** A count that the service sends as an integer in some answers and as a decimal string in others. */
  count(): number {
    const number = typeof this.value === "string" && this.value !== "" ? Number(this.value) : this.value;
    return typeof number === "number" && Number.isSafeInteger(number) ? number : this.fail("a whole number");
  }

  /** Milliseconds since the epoch, as an ISO 8601 text. */
  time(): string {
    const date = new Date(this.count());
    return Number.isNaN(date.getTime()) ? this.fail("a time") : date.toISOString();
  }

  /** What a text stands for that the service uses as a code. */
  coded<Meaning>(meanings: Readonly<Record<string, Meaning>>): Meaning {
    const meaning = new Map(Object.entries(meanings)).get(this.text());
    return meaning ?? this.fail(`one of ${Object.keys(meanings).join(", ")}`);
  }

  list(): Answer[] {
    const { value } = this;
    return Array.isArray(value)
      ? value.map((item, index) => new Answer(item, `${this.path}[${index}]`))
      : this.fail("a list");
  }

  private fail(expected: string): never {
    throw new MalformedAnswerError(`${this.path} is not ${expected}`);
  }
}

export class MalformedAnswerError extends Error {
  override readonly name = "MalformedAnswerError";
}
