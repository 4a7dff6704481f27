import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { statesFolder } from "../../tools/states/recorded";
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
      expect(existsSync(folder), `there is no ${folder}`).to.equal(true);
      const state = textOf(`test/engine/states/${version}/state.json`);
      const kinds = new Set([...state.matchAll(/dynamic\/apsaramq:(\w+)"/g)].map(([, kind = ""]) => kind));
      expect([...kinds]).to.have.members([...(kindsOf[version] ?? findKinds().map(({ name }) => name))]);
      expect(state).not.to.contain('"initErrors"').and.not.to.contain("sourcePosition");
    });
  }
});
