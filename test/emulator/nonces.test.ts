import { expect } from "chai";
import { Nonces } from "../../emulator/service/nonces";

describe("Nonces", () => {
  it("takes each once, and forgets only the oldest", () => {
    const nonces = new Nonces(2);
    expect(["a", "b", "a", "c", "b", "a"].map((nonce) => nonces.accept(nonce))).to.deep.equal([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});
