import { type EngineLog, logOver } from "../provider/engineLog";

/** How often progress is told where a line cannot be replaced. */
const everyMs = 5_000;

/** Tells on stderr how a command goes on: in one line on a terminal, else in a line from time to time. */
export function progressLog(stream: NodeJS.WriteStream, now: () => number): EngineLog & { readonly end: () => void } {
  let toldAt = now();
  let isOpen = false;
  const end = () => {
    if (isOpen) {
      stream.write("\r\x1b[K");
      isOpen = false;
    }
  };
  const log = logOver((text, ephemeral) => {
    if (!ephemeral) {
      end();
      stream.write(`${text}\n`);
    } else if (stream.isTTY) {
      stream.write(`\r\x1b[K${text.slice(0, stream.columns - 1)}`);
      isOpen = true;
    } else if (now() - toldAt >= everyMs) {
      toldAt = now();
      stream.write(`${text}\n`);
    }
  });
  return { ...log, end };
}
