import { expect } from "chai";
import { filesBelow, textOf } from "./sources";

const sources = ["kinds", "sdk", "provider", "cli", "emulator"].flatMap(filesBelow).map(textOf).join("\n");

/** What Pulumi and Node print, as seen with CLI 3.259 and SDK 3.248. */
const others = [
  "the stack is currently locked",
  "failed to load checkpoint",
  "Cannot read properties of undefined (reading 'toJavaScript')",
  "Cannot find module 'pulumi-apsaramq-mqtt/provider'",
  "Cannot find module '@pulumi/pulumi/cmd/dynamic-provider'",
];

describe("The errors that troubleshooting is about", () => {
  const errors = [...textOf("docs/guides/troubleshooting.md").matchAll(/^### `(.+)`$/gm)].map(([, text = ""]) => text);

  it("are texts of ours, or of Pulumi as they were seen", () => {
    expect(errors.length).to.be.greaterThan(25);
    const unknown = errors.filter((text) => !others.includes(text) && !sources.includes(text));
    expect(unknown).to.deep.equal([]);
  });

  it("are named once each", () => {
    expect(errors).to.have.lengthOf(new Set(errors).size);
  });
});
