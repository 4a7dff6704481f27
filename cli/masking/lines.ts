/** A longer line is no line of a log, and could fill the memory. */
const longestLine = 64 * 1024 * 1024;
const cutOff = "[a line of more than 64 MiB was left out by apsaramq-mqtt mask]\n";

/**
 * Cuts a stream into lines, with their ends; those that a piece of the stream completes come together. Bytes become
 * characters one by one (`latin1`), so that whatever they mean passes unchanged. A line over 64 MiB is left out.
 */
export async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  let begun = "";
  let tooLong = false;
  for await (const chunk of input) {
    const [first = "", ...others] = chunk.toString("latin1").split(/(?<=\n)/);
    const lines: string[] = [];
    for (const part of [first, ...others]) {
      begun = tooLong ? "" : begun + part;
      tooLong ||= begun.length > longestLine;
      if (!part.endsWith("\n")) continue;
      lines.push(tooLong ? cutOff : begun);
      begun = "";
      tooLong = false;
    }
    yield lines;
  }
  yield tooLong ? [cutOff] : begun === "" ? [] : [begun];
}
