import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { run, start } from "./command";

const fixtures = join(__dirname, "fixtures");
/** The secrets in the fixtures: a device's, its password, the operator's keys of the stack and of a Provider. */
const planted = [
  "planted+marker/device=",
  "sNKe4Y8e/R98lqMQVrWWJK5Tp9Q=",
  "planted-marker-operator",
  "planted-marker-token",
  "planted-explicit-operator",
];

type Mask = ReturnType<typeof startMask>;

function startMask(env: NodeJS.ProcessEnv = {}) {
  return start(["mask"], { env: { PATH: process.env.PATH, ...env } });
}

/** What the mask makes of a log. It has nothing else to say. */
async function maskedBytes(log: string | Buffer, env?: NodeJS.ProcessEnv): Promise<Buffer> {
  const child = startMask(env);
  child.stdin.end(log);
  const [stdout, stderr, [code]] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, "close")]);
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
  return stdout;
}

async function masked(log: string, env?: NodeJS.ProcessEnv): Promise<string> {
  return (await maskedBytes(log, env)).toString();
}

/** A line that shows a secret under its name, and what becomes of it. */
function named(secret: string): string {
  return `{"mqttPassword":${JSON.stringify(secret)}}\n`;
}
const namedHidden = '{"mqttPassword":"[secret]"}\n';

/** What it prints next. */
async function nextOutput(child: Mask): Promise<string> {
  const [bytes] = await once(child.stdout, "data");
  return String(bytes);
}

describe("apsaramq-mqtt mask", function () {
  this.timeout(20_000);

  describe("hides every secret and nothing else in what the engine printed:", () => {
    for (const file of readdirSync(fixtures)) {
      it(file, async () => {
        const log = readFileSync(join(fixtures, file), "utf8");
        const expected = planted.reduce((shown, secret) => shown.replaceAll(secret, "[secret]"), log);
        expect(expected).not.to.equal(log);
        expect(await masked(log)).to.equal(expected);
      });
    }
  });

  describe("knows a secret by its name in", () => {
    const forms: Readonly<Record<string, [line: string, expected: string]>> = {
      JSON: ['{"deviceAccessKeySecret": "of-a-device"}', '{"deviceAccessKeySecret": "[secret]"}'],
      "JSON in JSON": [
        String.raw`{"a":"{\"b\":\"{\\\"mqttPassword\\\":\\\"of\\\\\\\"a-device\\\"}\"}"}`,
        String.raw`{"a":"{\"b\":\"{\\\"mqttPassword\\\":\\\"[secret]\\\"}\"}"}`,
      ],
      "a map of Go": ["map[mqttPassword:{of-a-device} other:{x}]", "map[mqttPassword:{[secret]} other:{x}]"],
      "a configuration": ["apsaramq:accessKeySecret: of-an-operator", "apsaramq:accessKeySecret: [secret]"],
      "an environment": ["ALICLOUD_SECRET_KEY=of-an-operator next", "ALICLOUD_SECRET_KEY=[secret] next"],
      "an answer of the service": ['"DeviceAccessKeySecret":"of-a-device"', '"DeviceAccessKeySecret":"[secret]"'],
      "a diff": ['  + mqttPassword         : "of-a-device"', '  + mqttPassword         : "[secret]"'],
    };
    for (const [form, [line, expected]] of Object.entries(forms)) {
      it(form, async () => expect(await masked(`${line}\n`)).to.equal(`${expected}\n`));
    }
  });

  it("knows what Pulumi marks as secret, whatever its name and shape, on one line or on several", async () => {
    const mark = '"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"';
    const log = [
      `{"mine":{${mark},"value":{"user":"first-value","codes":["second-value",3]}},"other":"kept"}`,
      '"mine": {',
      `    ${mark},`,
      String.raw`    "plaintext": "\"third-value\""`,
      "}, first-value second-value third-value",
    ].join("\n");
    expect(await masked(log)).to.equal(
      [
        `{"mine":{${mark},"value":{"user":"[secret]","codes":["[secret]",3]}},"other":"kept"}`,
        '"mine": {',
        `    ${mark},`,
        '    "plaintext": "[secret]"',
        "}, [secret] [secret] [secret]",
      ].join("\n"),
    );
  });

  describe("hides a value that it has seen, further on,", () => {
    const secret = 'a+b/c="d\\e<f ä';
    const spellings: Readonly<Record<string, string>> = {
      "as it is": secret,
      "in JSON": JSON.stringify(secret).slice(1, -1),
      "in JSON in JSON": JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      "in JSON of Go": JSON.stringify(secret).slice(1, -1).replace("<", "\\u003c"),
      "in a URL": encodeURIComponent(secret),
      "in a form": encodeURIComponent(secret).replaceAll("%20", "+"),
      "in a URL of small digits": encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
    };
    for (const [how, spelling] of Object.entries(spellings)) {
      it(how, async () => {
        const expected = `${namedHidden}x[secret]y\n`;
        expect(await masked(`${named(secret)}x${spelling}y\n`)).to.equal(expected);
      });
    }

    for (const before of ["", ":", "u:"]) {
      it(`in base64, after ${before.length} bytes of something else`, async () => {
        for (const alphabet of ["base64", "base64url"] as const) {
          const digits = Buffer.from(`${before}${secret}`).toString(alphabet);
          const [, line = ""] = (await masked(`${named(secret)}${digits}\n`)).split("\n");
          expect(line).to.match(/^.{0,8}\[secret\].{0,4}$/);
        }
      });
    }
  });

  it("knows the secrets of its environment from the first line on", async () => {
    const env = { ALIBABA_CLOUD_ACCESS_KEY_SECRET: "of-an-operator", ALIBABA_CLOUD_ACCESS_KEY_ID: "an-identifier" };
    expect(await masked("of-an-operator of an-identifier\n", env)).to.equal("[secret] of an-identifier\n");
  });

  it("hides short values under their names only", async () => {
    expect(await masked(`${named("dev")}a device\n`)).to.equal(`${namedHidden}a device\n`);
  });

  it("leaves alone what stands in the place of a value", async () => {
    const log = [
      '{"mqttPassword":"[secret]"} [secret]',
      '{"mqttPassword":"04da6b54-80e4-46f7-96ec-b56ff0331ba9"}',
      "mqttPassword: output<string>",
      '{"propertyDependencies":{"mqttPassword":["urn:pulumi:dev::test::a::b"]}}',
      '{"secretOutputs":["deviceAccessKeySecret","mqttPassword"]}',
      '{"detailedDiff":{"apsaramq:accessKeySecret":{"diffKind":"update-replace","inputDiff":true}}}',
      "apsaramq:accessKeySecret is missing: access key id and secret are set together or not at all",
    ].join("\n");
    expect(await masked(log)).to.equal(log);
  });

  it("passes on every other byte, whatever it means, and a last line without an end", async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    const log = Buffer.concat([Buffer.from("first\r\n\r\n"), bytes, Buffer.from("\nlast")]);
    expect((await maskedBytes(log)).equals(log)).to.equal(true);
  });

  it("prints each line as soon as it is complete", async () => {
    const child = startMask();
    child.stdin.write("first\nsec");
    expect(await nextOutput(child)).to.equal("first\n");
    child.stdin.write("ond\n");
    expect(await nextOutput(child)).to.equal("second\n");
    child.stdin.end();
    expect((await finished(child)).code).to.equal(0);
  });

  it("takes lines of 10 MB", async () => {
    const filler = '{"name":"value"},'.repeat(600_000);
    const line = `[${filler}${named("of-a-device").trim()},${filler}"of-a-device"]\n`;
    expect((await masked(line)) === line.replaceAll("of-a-device", "[secret]")).to.equal(true);
  });

  it("leaves out a line of more than 64 MiB, and goes on", async () => {
    const note = "[a line of more than 64 MiB was left out by apsaramq-mqtt mask]\n";
    expect(await masked(`${"x".repeat(65 * 1024 * 1024)}\nnext\n`)).to.equal(`${note}next\n`);
  });

  it("reads on when nobody reads its output any more, so that Pulumi can finish", async () => {
    const child = startMask();
    child.stdout.destroy();
    const written = new Promise<void>((resolve, reject) => {
      child.stdin.once("error", reject);
      child.stdin.end(Buffer.alloc(4 * 1024 * 1024, "line\n"), resolve);
    });
    await written;
    const [code] = await once(child, "close");
    expect(code).to.equal(0);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves ${signal} to Pulumi and ends with its input`, async () => {
      const child = startMask();
      child.stdin.write("first\n");
      await nextOutput(child);
      child.kill(signal);
      child.stdin.write("second\n");
      expect(await nextOutput(child)).to.equal("second\n");
      child.stdin.end();
      expect((await finished(child)).code).to.equal(0);
    });
  }

  it("explains with --help how the pipeline's exit code comes about", async () => {
    const { code, stdout } = await run(["mask", "--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.contain("set -o pipefail").and.to.contain("pulumi up --yes --json | apsaramq-mqtt mask");
  });
});
