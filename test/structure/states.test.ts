import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { statesFolder } from "../../tools/states/recorded";
import { expectNone } from "./expectNone";
import { findKinds } from "./kinds";
import { textOf } from "./sources";

/** The kinds that each released version had. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  "0.1.0": ["DeviceCredential", "DeviceCertificate"],
};

describe("States of earlier versions (node --import tsx tools/states/main.ts <version> records one)", () => {
  const released = [...textOf("CHANGELOG.md").matchAll(/^## (\d\S*)$/gm)].map(([, version = ""]) => version);

  for (const version of ["unreleased", ...released]) {
    it(`are kept, with all kinds that there were: ${version}`, () => {
      const folder = join(statesFolder, version);
      expectNone(
        existsSync(folder) ? [] : [`test/engine/states/${version}`],
        `Record the state of ${version} here: copy program.js and start.json of "unreleased", and run \`node --import tsx tools/states/main.ts ${version}\``,
      );
      const state = textOf(`test/engine/states/${version}/state.json`);
      const recorded = new Set([...state.matchAll(/dynamic\/apsaramq:(\w+)"/g)].map(([, kind = ""]) => kind));
      const kinds = kindsOf[version] ?? findKinds().map(({ name }) => name);
      expectNone(
        kinds.filter((kind) => !recorded.has(kind)),
        `Add these kinds to test/engine/states/${version}/program.js, and run \`node --import tsx tools/states/main.ts ${version}\` (a stack on the real engine, which \`node --import tsx tools/engine/main.ts\` finds or installs)`,
      );
      expectNone(
        [...recorded].filter((kind) => !kinds.includes(kind)),
        `Name these kinds in \`kindsOf\` of this test, or take them out of test/engine/states/${version}`,
      );
      expect(state).not.to.contain('"initErrors"').and.not.to.contain("sourcePosition");
    });
  }
});
