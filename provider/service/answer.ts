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

  /** A count, or undefined where there is none that can be read. */
  optionalCount(): number | undefined {
    return attempt(() => this.count());
  }

  /** What a text or a number stands for that the service uses as a code. */
  coded<Meaning>(meanings: Readonly<Record<string, Meaning>>): Meaning {
    const meaning = new Map(Object.entries(meanings)).get(
      typeof this.value === "number" ? String(this.value) : this.text(),
    );
    return meaning ?? this.fail(`one of ${Object.keys(meanings).join(", ")}`);
  }

  /**
   * The rows of a list, as far as they can be read; an absent list, or null, is an empty one. Rows are told of the
   * service by the thousand, and one odd one must not hide all others: how many were left out is counted.
   */
  rows<Row>(read: (item: Answer) => Row): { readonly rows: readonly Row[]; readonly leftOut: number } {
    const { value } = this;
    if (value !== undefined && value !== null && !Array.isArray(value)) {
      return this.fail("a list");
    }
    const items: readonly unknown[] = value ?? [];
    const rows = items.flatMap((item, index) => {
      const row = attempt(() => read(new Answer(item, `${this.path}[${index}]`)));
      return row === undefined ? [] : [row];
    });
    return { rows, leftOut: items.length - rows.length };
  }

  private fail(expected: string): never {
    throw new MalformedAnswerError(`${this.path} is not ${expected}`);
  }
}

export class MalformedAnswerError extends Error {
  override readonly name = "MalformedAnswerError";
}

/** What a value reads as, or undefined when it is not what it should be. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedAnswerError) {
      return undefined;
    }
    throw error;
  }
}
