import { expect } from "chai";
import ts from "typescript";
import { serviceActions } from "../../kinds/serviceActions";
import { expectNone } from "./expectNone";
import { findKinds } from "./kinds";
import { filesBelow, type Import, importsOf, nodes, parse, textOf } from "./sources";

interface Area {
  readonly files: readonly string[];
  /** What its files may load: a folder with a slash at the end, a file, a package, or `node:` for Node's own modules. */
  readonly values: readonly string[];
  /** What they may know the types of besides. */
  readonly types?: readonly string[];
}

function dependenciesOf(manifest: string): string[] {
  const {
    dependencies = {},
    peerDependencies = {},
  }: Record<string, Record<string, string>> = JSON.parse(textOf(manifest));
  return Object.keys({ ...dependencies, ...peerDependencies });
}

const ownPackages = dependenciesOf("package.json");
const vendor = ownPackages.filter((name) => name.startsWith("@alicloud/"));
const kinds = findKinds();
const kindFiles = kinds.map(({ camelCase }) => `provider/resources/${camelCase}.ts`);
const resourceFiles = filesBelow("provider/resources");
const serviceFiles = filesBelow("provider/service");
const sharedByResources = resourceFiles.filter((file) => !kindFiles.includes(file)).map(withoutExtension);

/** Who may import whom. */
const areas: Readonly<Record<string, Area>> = {
  "kinds are pure: they load themselves and pure functions of Node's": {
    files: filesBelow("kinds"),
    values: ["kinds/", "node:util", "node:crypto"],
  },
  "kits are pure: they load kinds, themselves and pure functions of Node's": {
    files: filesBelow("kits"),
    values: ["kits/", "kinds/", "node:crypto"],
  },
  "what the processes of a machine share loads itself and Node's own modules": {
    files: filesBelow("machine"),
    values: ["machine/", "node:"],
  },
  "sdk loads Pulumi, kinds, what processes share, functions of the provider, and itself": {
    files: filesBelow("sdk"),
    values: [
      ...["provider/functions", "provider/deviceInventory", "sdk/", "kinds/", "machine/declarations"],
      ...["@pulumi/pulumi", "fastest-levenshtein"],
    ],
    types: ["kits/"],
  },
  "a resource loads pure modules and what resources share, and knows the run and the service by their types": {
    files: resourceFiles,
    values: [
      "node:crypto",
      "kinds/",
      "provider/caKey",
      "provider/errors",
      "provider/intended",
      "provider/unclear",
      "provider/unclearWrite",
      "provider/verificationCertificate",
      ...sharedByResources,
    ],
    types: ["provider/kind", "provider/run", "provider/service/", "machine/interruptedWrites"],
  },
  "the service loads the vendor's packages, errors and itself": {
    files: serviceFiles,
    values: ["provider/service/", "provider/errors", "kinds/", "machine/", "node:", ...vendor, "undici"],
    types: ["provider/settings", "provider/limiters"],
  },
  "the rest of the provider loads neither the vendor's packages nor the classes": {
    files: filesBelow("provider").filter((file) => ![...resourceFiles, ...serviceFiles].includes(file)),
    values: [
      "provider/",
      "kinds/",
      "kits/",
      "machine/",
      "node:",
      ...ownPackages.filter((name) => !vendor.includes(name)),
    ],
    // gRPC is Pulumi's own dependency: its copy is loaded from there.
    types: ["@grpc/grpc-js"],
  },
  "the emulator loads its own folder and its own packages": {
    files: filesBelow("emulator"),
    values: ["emulator/", "node:", ...dependenciesOf("emulator/package.json"), "apsaramq-mqtt-emulator"],
  },
  "the command loads kinds, kits, the provider, and the emulator by its package's name": {
    files: filesBelow("cli"),
    values: [
      "cli/",
      "kinds/",
      "kits/",
      "provider/",
      "node:",
      ...ownPackages,
      "pulumi-apsaramq-mqtt",
      "apsaramq-mqtt-emulator",
    ],
    types: ["sarif"],
  },
  "policies load kinds and themselves, and know the pack by its types: who uses them has that package": {
    files: filesBelow("policy"),
    values: ["policy/", "kinds/"],
    types: ["@pulumi/policy"],
  },
  "examples load packages by their names": {
    files: filesBelow("examples"),
    values: [
      ...["examples/", "node:", "pulumi-apsaramq-mqtt", "apsaramq-mqtt-emulator"],
      ...["@pulumi/pulumi", "@pulumi/pulumi/automation", "bullmq", "ioredis"],
    ],
  },
};

/** Who of the workshop must leave whom alone: tools are the floor of tests and benchmarks. */
const apart: readonly (readonly [folder: string, ...others: string[]])[] = [
  ["tools", "test", "bench"],
  ["bench", "test"],
  ["test", "bench"],
];

function withoutExtension(file: string): string {
  return file.replace(/\.ts$/, "");
}

function isAllowed({ values, types = [] }: Area, { target, typeOnly }: Import): boolean {
  const matches = (entry: string) => (/[:/]$/.test(entry) ? target.startsWith(entry) : target === entry);
  return values.some(matches) || (typeOnly && types.some(matches));
}

/** What a file names in quotes or as a property. */
function wordsIn(file: string): string[] {
  return [...nodes(parse(file))].flatMap((node) => {
    if (ts.isStringLiteral(node)) return [node.text];
    return ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) ? [node.name.text] : [];
  });
}

describe("Modules:", () => {
  for (const [rule, area] of Object.entries(areas)) {
    it(rule, () => {
      expect(area.files, "no file is left in this area: take it out of `areas`, or mend its folder").not.to.be.empty;
      const broken = area.files.flatMap((file) =>
        importsOf(file)
          .filter((found) => !isAllowed(area, found))
          .map(({ target, typeOnly }) => `${file} imports ${typeOnly ? "types of " : ""}${target}`),
      );
      expectNone(
        broken,
        "Import what `areas` of this test allows here: move what is shared to kinds/, hand it in, or take its type only",
      );
    });
  }

  for (const [folder, ...others] of apart) {
    it(`${folder} loads nothing of ${others.join(" and ")}`, () => {
      const broken = filesBelow(folder).flatMap((file) =>
        importsOf(file)
          .filter(({ target }) => others.some((other) => target.startsWith(`${other}/`)))
          .map(({ target }) => `${file} imports ${target}`),
      );
      expectNone(broken, `Move what ${folder}/ needs of these to tools/ or to the product`);
    });
  }

  it("one file knows the stub", () => {
    const all = ["kinds", "sdk", "provider", "cli"].flatMap((folder) => filesBelow(folder));
    const files = all.filter((file) => textOf(file).includes("exports.handler"));
    expectNone(
      files.filter((file) => file !== "kinds/inState.ts"),
      "Take the stub from kinds/inState.ts: state of every user holds it, and one file may know it",
    );
    expect(files).to.have.lengthOf(1);
  });

  it("one file of the provider knows the names on the wire", () => {
    // Outlines name the actions that their kinds ask for, and state the one that was sent.
    const ours = [...kinds.map(({ name }) => name), ...Object.keys(serviceActions), "GET", "POST"];
    const words = wordsIn("provider/service/actions.ts").filter((word) => /^[A-Z][A-Za-z]+$/.test(word));
    const wire = words.filter((word) => !ours.includes(word));
    expect(wire).to.include.members(["MqttInstanceId", "DeviceAccessKeySecret"]);
    const others = [...filesBelow("provider"), ...filesBelow("sdk")].filter(
      (file) => file !== "provider/service/actions.ts",
    );
    const found = others.flatMap((file) =>
      wordsIn(file)
        .filter((word) => wire.includes(word))
        .map((word) => `${file} uses ${word}`),
    );
    expectNone(found, "Use the names of provider/service/actions.ts, and map them to the wire there");
  });

  it("no resource reaches for clock, environment or network: it takes them from the run", () => {
    const surroundings = ["process", "Date", "performance", "setTimeout", "setInterval", "fetch", "console"];
    const found = resourceFiles.flatMap((file) =>
      [...nodes(parse(file))]
        .filter((node) => ts.isIdentifier(node) && surroundings.includes(node.text))
        .map((node) => `${file} uses ${node.getText()}`),
    );
    expectNone(found, "Take it from the run, which every verb gets (provider/run.ts)");
  });
});
