import { expect } from "chai";
import { Journal, type JournalEntry } from "../../emulator/service/journal";
import { RefusedLogins } from "../../emulator/service/refusedLogins";

describe("Refused logins", () => {
  const watched = () => {
    const journal = new Journal();
    const refusedLogins = new RefusedLogins(journal);
    const add = (kind: "login" | "refusal", instanceId: string | null, object: string) => {
      const entry: JournalEntry = {
        kind,
        instanceId,
        object,
        reason: kind,
        time: "",
        action: "",
        status: 0,
        code: null,
      };
      journal.add(entry);
    };
    return { refusedLogins, add };
  };

  it("are those of one instance, though another has a client of this name", () => {
    const { refusedLogins, add } = watched();
    add("refusal", "a", "x");
    expect(refusedLogins.of("b", "x")).to.equal(undefined);
    add("login", "b", "x");
    expect(refusedLogins.of("a", "x")).to.deep.equal({ count: 1, reason: "refusal" });
    expect([refusedLogins.count("a"), refusedLogins.count("b")]).to.deep.equal([1, 0]);
  });

  it("are remembered of the last 10,000 clients, and counted of all", () => {
    const { refusedLogins, add } = watched();
    for (let client = 0; client <= 10_000; client++) add("refusal", "a", `x${client}`);
    expect(refusedLogins.of("a", "x0")).to.equal(undefined);
    expect(refusedLogins.of("a", "x1")).to.have.property("count", 1);
    expect(refusedLogins.count("a")).to.equal(10_001);
  });
});
