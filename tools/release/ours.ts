import type { Bounds } from "./checks";

/** One of the two packages, and what its tarball must and may hold. */
export interface Package extends Bounds {
  readonly name: string;
  /** Its folder, from the repository's root. */
  readonly folder: "" | "emulator";
  /** Folder of what comes with the other package. */
  readonly elsewhere?: string;
  /** Its command. */
  readonly command: string;
  /** What a program imports. */
  readonly imports: string;
}

const always = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];

/** The bounds are a quarter above what there was when they were set. */
export const ours: readonly Package[] = [
  {
    name: "pulumi-apsaramq-mqtt",
    folder: "",
    elsewhere: "emulator/",
    command: "apsaramq-mqtt",
    imports: "DeviceCredential",
    files: [...always, "dist/sdk/index.js", "dist/sdk/index.d.ts", "dist/provider/index.js", "dist/cli/main.js"],
    allowed: [
      ...[
        "dist/cli/",
        "dist/kinds/",
        "dist/kits/",
        "dist/machine/",
        "dist/policy/",
        "dist/provider/",
        "dist/sdk/",
        "docs/",
        "examples/",
      ],
      ...[...always, "CONTRIBUTING.md", "DESIGN.md", "SECURITY.md"],
    ],
    size: 540_000,
    unpackedSize: 1_650_000,
  },
  {
    name: "apsaramq-mqtt-emulator",
    folder: "emulator",
    command: "apsaramq-mqtt-emulator",
    imports: "startEmulator",
    files: [...always, "COVERAGE.md", "dist/index.js", "dist/index.d.ts", "dist/main.js", "page/static/index.html"],
    allowed: [
      ...["dist/", "page/static/", ...always, "COVERAGE.md", "example.state.json", "facts/vendorFacts.json"],
      ...["page.png", "state.schema.json"],
    ],
    size: 450_000,
    unpackedSize: 1_300_000,
  },
];
