import { type EngineLog, logOver } from "../provider/engineLog";

/** Tells on stderr how a command goes on: in one line on a terminal, else in a line from time to time. */
export function progressLog(stream: NodeJS.WriteStream, now: () => number): EngineLog & { readonly end: () => void } {
  let isOpen = false;
  const end = () => {
    if (isOpen) {
      stream.write("\r\x1b[K");
      isOpen = false;
    }
  };
  const show = (text: string, ephemeral: boolean) => {
    if (ephemeral && stream.isTTY) {
      stream.write(`\r\x1b[K${text.slice(0, stream.columns - 1)}`);
      isOpen = true;
    } else {
      end();
      stream.write(`${text}\n`);
    }
  };
  return { ...logOver(show, now, stream.isTTY ? 0 : undefined), end };
}
