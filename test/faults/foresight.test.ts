import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { readFields } from "../../kinds/fields";
import { serviceActions } from "../../kinds/serviceActions";
import { foresights, type Terms } from "../../provider/foresight";
import { hurry } from "../provider/hurry";
import type { Props } from "../provider/world";
import { type Operation, operations } from "./operations";
import { type Undisturbed, undisturbed } from "./play";

describe("What is foreseen of an operation", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let endHurry: () => void;
  before(async () => {
    emulator = await startEmulator({ quotas: false });
    endHurry = hurry();
  });
  after(async () => {
    endHurry();
    await emulator.close();
  });

  it("is each call that it makes, and what of these is billed, of all kinds", async () => {
    const isForeseeable = ({ act, isGone, meanwhile }: Operation) => act !== "refresh" && !isGone && !meanwhile;
    const all = (await operations()).filter(isForeseeable);
    expect(new Set(all.map(({ kind }) => kind)).size).to.equal(foresights.size);
    const wrong: string[] = [];
    for (const operation of all) {
      const played = await undisturbed(emulator, operation);
      const { calls } = foreseen(operation, played);
      const actions = calls.flatMap(({ action, times = 1 }) => Array<string>(times).fill(action));
      const billed = calls.filter(({ action, isMiss }) => serviceActions[action].billed && !isMiss);
      const paid = played.calls.filter(
        ({ action, status }) => serviceActions[action as keyof typeof serviceActions].billed && status === 200,
      );
      const said = [actions.sort(), billed.reduce((sum, { times = 1 }) => sum + times, 0)];
      const done = [played.calls.map(({ action }) => action).sort(), paid.length];
      if (JSON.stringify(said) !== JSON.stringify(done)) {
        wrong.push(`${operation.name}: foreseen ${JSON.stringify(said)}, done ${JSON.stringify(done)}`);
      }
    }
    expect(wrong.join("\n")).to.equal("");
  });
});

/** What is foreseen of it, by what a preview would tell; nothing where the engine calls no verb. */
function foreseen({ seed, program = {}, act, config = {}, kind }: Operation, { entry, facts }: Undisturbed) {
  const foresight = [...foresights.values()].find(({ outline }) => outline.name.toLowerCase() === kind.toLowerCase());
  if (!foresight) throw new Error(`nothing is foreseen of ${kind}`);
  const terms: Terms = {
    begunAt: "2026-03-04T05:06:07.000Z",
    ifExists: "fail",
    createGuard: config["apsaramq:createGuard"] === "listing" ? "listing" : "get",
    isDeclaredElsewhere: () => false,
  };
  const state: Props = { ...entry?.inputs, ...entry?.outputs };
  const { inputs, complete } = foresight.outline;
  const given = readFields(inputs, program);
  const completed: Props = complete?.(given) ?? given;
  if (act === "destroy") {
    return foresight.remove(state, kind === "group" ? (seed.credentials ?? []).length : 0, terms);
  }
  if (!entry) return foresight.create(completed, terms, facts);
  const isUpdated = JSON.stringify(readFields(inputs, entry.inputs)) !== JSON.stringify(readFields(inputs, completed));
  return isUpdated ? foresight.update(completed, state, terms) : { calls: [] };
}
