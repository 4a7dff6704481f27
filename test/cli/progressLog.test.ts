import { expect } from "chai";
import { progressLog } from "../../cli/progressLog";

describe("The progress of a command", () => {
  const logOn = (terminal: { readonly isTTY: boolean; readonly columns?: number }) => {
    const told = { text: "", now: 0 };
    const stream = { ...terminal, write: (text: string) => (told.text += text) } as unknown as NodeJS.WriteStream;
    return { told, log: progressLog(stream, () => told.now) };
  };

  it("is one line on a terminal, as wide as that, which gives way to what stays", () => {
    const { told, log } = logOn({ isTTY: true, columns: 8 });
    log.progress("1 of 5000", 0);
    log.progress("2 of 5000", 0);
    log.info("done");
    expect(told.text).to.equal("\r\x1b[K1 of 50\r\x1b[K2 of 50\r\x1b[Kdone\n");
  });

  it("is a line from time to time elsewhere", () => {
    const { told, log } = logOn({ isTTY: false });
    for (; told.now <= 25_000; told.now += 1_000) log.progress(`after ${told.now} ms`, 0);
    log.info("done");
    expect(told.text).to.equal("after 10000 ms\nafter 20000 ms\ndone\n");
  });
});
