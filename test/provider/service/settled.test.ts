import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { expect } from "chai";
import { MqttProviderError } from "../../../provider/errors";
import { settled } from "../../../provider/service/settled";

function failure(unclear: boolean): MqttProviderError {
  const texts = { action: "RegisterDeviceCredential", object: "a", problem: unclear ? "lost" : "refused", advice: "b" };
  return new MqttProviderError({ kind: "Unexpected", ...texts, unclear: unclear ? "lost" : undefined });
}

/** A function that gives, or throws, one of these after the other and notes that it was called. */
function scripted(name: string, log: string[], outcomes: readonly (string | Error | undefined)[]) {
  const left = [...outcomes];
  return async () => {
    log.push(name);
    const outcome = left.shift();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
}

describe("settled", () => {
  let clock: Clock;
  let stop: AbortController;

  beforeEach(() => {
    stop = new AbortController();
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });

  afterEach(() => {
    clock.uninstall();
  });

  /** What comes of writes and looks with these outcomes, and in which order they were made. */
  async function run(writes: readonly (string | Error)[], looks: readonly (string | Error | undefined)[]) {
    const log: string[] = [];
    const write = scripted("write", log, writes) as () => Promise<string>;
    const look = scripted("look", log, looks);
    const result = settled(write, look, stop.signal).catch((error: unknown) => error);
    await clock.runAllAsync();
    return { result: await result, log: log.join(" ") };
  }

  it("does not look after a clear answer", async () => {
    expect(await run(["made"], [])).to.deep.equal({ result: "made", log: "write" });
  });

  it("gives what it sees when the answer was lost after the effect", async () => {
    expect(await run([failure(true)], ["seen"])).to.deep.equal({ result: "seen", log: "write look" });
  });

  it("repeats a write that was lost before its effect, and looks again because the lost one may have arrived since", async () => {
    expect(await run([failure(true), "made"], [undefined, "seen"])).to.deep.equal({
      result: "seen",
      log: "write look write look",
    });
  });

  it("gives the repeated write's answer when the last look fails", async () => {
    expect((await run([failure(true), "made"], [undefined, failure(false)])).result).to.equal("made");
  });

  it("reports a refusal without looking or repeating", async () => {
    const refusal = failure(false);
    expect(await run([refusal], [])).to.deep.equal({ result: refusal, log: "write" });
  });

  it("reports the unclear failure, not the refusals of the repeated writes, when no effect is seen", async () => {
    const lost = failure(true);
    const { result, log } = await run([lost, failure(false), failure(false), failure(false)], []);
    expect(result).to.equal(lost);
    expect(log).to.equal("write look write look write look write look");
  });

  it("gives what it sees after a repeated write was refused: the lost one may have arrived before", async () => {
    expect(await run([failure(true), failure(false)], [undefined, "seen"])).to.deep.equal({
      result: "seen",
      log: "write look write look",
    });
  });

  it("reports the unclear failure when looking fails too", async () => {
    const lost = failure(true);
    const { result } = await run([lost], [failure(false), failure(false), failure(false), failure(false)]);
    expect(result).to.equal(lost);
  });

  it("never writes again while looking fails", async () => {
    const { log } = await run([failure(true), "made"], [failure(false), failure(false), failure(false)]);
    expect(log.split(" ").filter((entry) => entry === "write")).to.have.length(1);
  });

  it("gives up after four lost writes", async () => {
    const lost = [failure(true), failure(true), failure(true), failure(true)];
    const { result, log } = await run(lost, []);
    expect(result).to.equal(lost[3]);
    expect(log).to.equal("write look write look write look write look");
  });

  it("gives what the last look sees after four lost writes", async () => {
    const lost = [failure(true), failure(true), failure(true), failure(true)];
    expect(await run(lost, [undefined, undefined, undefined, "seen"])).to.deep.equal({
      result: "seen",
      log: "write look write look write look write look",
    });
  });

  describe("told to stop", () => {
    it("gives what a write has brought about meanwhile", async () => {
      const write = async () => {
        stop.abort();
        return "made";
      };
      expect(await settled(write, () => expect.fail("there is nothing to look for"), stop.signal)).to.equal("made");
    });

    it("reports a write that was lost as unclear, and does not wait to repeat it", async () => {
      const lost = failure(true);
      const looks: string[] = [];
      const look = async () => {
        looks.push("look");
        return undefined;
      };
      const result = settled(() => Promise.reject(lost), look, stop.signal).catch((error: unknown) => error);
      await Promise.resolve();
      stop.abort();
      expect(await result).to.equal(lost);
      expect(looks).to.deep.equal(["look"]);
    });
  });
});
