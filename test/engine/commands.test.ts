import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { engineBin } from "../../tools/engine";
import { commandsOf, optionsOf, scripts } from "../structure/commands";

/** What the CLI says of itself, as far as it is looked at. */
interface Specification {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly commands?: Readonly<Record<string, Specification>>;
}

/** Other names, which the specification leaves out. */
const aliases: Readonly<Record<string, string>> = { init: "new", rm: "remove", delete: "remove", "-v": "--verbose" };

describe("Commands of Pulumi that documents show", () => {
  let specification: Specification;
  before(async () => {
    const { stdout } = await finished(spawn(join(await engineBin(), "pulumi"), ["generate-cli-spec"]));
    specification = JSON.parse(stdout);
  });

  it("are there, with all their options", () => {
    const shown = scripts.flatMap(commandsOf).filter(({ program }) => program === "pulumi");
    expect(shown.length).to.be.greaterThan(50);
    for (const { place, words } of shown) {
      const [known, rest] = lookUp(specification, words);
      const message = `${place}: pulumi ${words.join(" ")}`;
      if (known.commands)
        expect(
          rest.filter((word) => !word.startsWith("-")),
          message,
        ).to.deep.equal([]);
      const flags = { ...specification.flags, ...known.flags };
      const names = optionsOf(rest).map((option) => (aliases[option] ?? option).replace(/^--/, ""));
      expect(Object.keys(flags), message).to.include.members(names);
    }
  });
});

/** The command that the first words name, and the words behind them. */
function lookUp(known: Specification, words: readonly string[]): [Specification, readonly string[]] {
  const [word = "", ...rest] = words;
  const next = known.commands?.[aliases[word] ?? word];
  return next ? lookUp(next, rest) : [known, words];
}
