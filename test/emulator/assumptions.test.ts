import { expect } from "chai";
import { assumptionTable, defaultAssumptions } from "../../emulator/facts/assumptions";
import { startEmulator } from "../../emulator/index";
import { Devices } from "./broker/devices";
import { createPki, type Pki, worldSeed } from "./goodCalls";
import { VendorClient } from "./harness";
import { switches, wayOf } from "./switches";

describe("the table of assumptions", () => {
  it("has the first option of each row as its default", () => {
    for (const [id, { options }] of Object.entries(assumptionTable)) {
      expect(defaultAssumptions).to.have.property(id, options[0]);
    }
  });

  describe("has a switch, each of whose options changes an answer:", () => {
    const devices = new Devices();
    let pki: Pki;
    before(async () => {
      pki = await createPki();
    });

    for (const id of switches) {
      const [first, ...others] = assumptionTable[id].options;
      it(`${id}: ${[first, ...others].join(", ")}`, async () => {
        const answerUnder = async (option: string) => {
          const emulator = await startEmulator({ seed: worldSeed(pki), assumptions: { [id]: option } });
          try {
            const client = new VendorClient(emulator.endpoint, emulator);
            return await wayOf(id)?.({ emulator, client, devices, pki });
          } finally {
            await emulator.close();
          }
        };
        const answer = await answerUnder(first);
        expect(answer, "nothing asks it").not.to.equal(undefined);
        // What is another each time would tell nothing.
        expect(await answerUnder(first)).to.deep.equal(answer);
        const answers = [answer];
        for (const option of others) {
          const other = await answerUnder(option);
          for (const earlier of answers) expect(other, option).not.to.deep.equal(earlier);
          answers.push(other);
        }
      });
    }
  });
});
