export interface Progress {
  /** What is going on now. */
  phase(text: string): void;
  stop(): void;
}

const plainEveryMs = 30_000;

/** Shows that a long step is alive: a line redrawn each second on a terminal, a line each half minute elsewhere. */
export function startProgress(title: string): Progress {
  const startedAt = performance.now();
  const isTerminal = process.stdout.isTTY;
  let phase = "";
  const show = () => {
    const seconds = Math.floor((performance.now() - startedAt) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const line = `  ${title}${phase && `: ${phase}`} (${time})`;
    process.stdout.write(isTerminal ? `\r\u001b[K${line.slice(0, process.stdout.columns - 1)}` : `${line}\n`);
  };
  const timer = setInterval(show, isTerminal ? 1_000 : plainEveryMs);
  return {
    phase(text) {
      phase = text;
    },
    stop() {
      clearInterval(timer);
      if (isTerminal) process.stdout.write("\r\u001b[K");
    },
  };
}
