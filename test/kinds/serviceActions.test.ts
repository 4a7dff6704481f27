import { expect } from "chai";
import { kinds } from "../../kinds";
import type { Outline } from "../../kinds/outline";
import { type ActionFacts, serviceActions } from "../../kinds/serviceActions";
import { vendorFacts } from "../../tools/vendorFacts";

describe("What an action takes", () => {
  it("is the RAM action that the vendor documents", () => {
    for (const [action, { ram = "mq:MqttInstanceAccess" }] of Object.entries<ActionFacts>(serviceActions)) {
      expect(vendorFacts[action]?.ram, action).to.equal(ram);
    }
  });

  for (const { name, actions, reads, onlyWith = {} } of Object.values(kinds) as unknown as readonly Outline[]) {
    it(`is said of actions that ${name} asks for, and looking changes nothing`, () => {
      expect(actions)
        .to.include.members([...reads])
        .and.to.include.members(Object.keys(onlyWith));
      expect(reads.filter((action) => !/^(Get|List|Query)/.test(action))).to.deep.equal([]);
    });
  }
});
