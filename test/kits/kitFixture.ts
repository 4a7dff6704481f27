import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import type { GivenConnection, Login } from "../../kits/connection";
import { kitFaults, kitFiles } from "../../kits/kit";

export const ways = ["mqtt", "mqtts"] as const;
export type Way = (typeof ways)[number];

/** Signs that mean something to shells, C, JSON and mosquitto, and of several alphabets. */
export const awkward: Login = {
  clientId: `GID_line@@@a "b" 'c' #1 \\ $HOME %n é中😀`,
  username: `# user "x" 'y' \\n $(id) ??/ é中😀`,
  password: `# "pass" 'word' \\ \\n $HOME \`id\` ??/ 7%s\u00a0é中😀"`,
};
export const plain: Login = { clientId: "GID_line@@@plain", username: "plain", password: "word" };
/** As long a password as a line of mosquitto's options holds. */
export const longest: Login = { clientId: "GID_line@@@longest", username: "long", password: "x".repeat(1_019) };

/** What the emulator knows: they log in so, and may do everything below demo. */
const rules = {
  customAuthIdentities: [awkward, plain, longest].map(
    ({ username, clientId, password: secret }) =>
      ({ identityType: "CLIENT", signMode: "ORIGIN", username, clientId, secret }) as const,
  ),
  customAuthPermissions: [awkward, plain, longest].map(
    ({ clientId: identity }) =>
      ({ identityType: "CLIENT", identity, topic: "demo/#", permitAction: "PUB_SUB", effect: "ALLOW" }) as const,
  ),
};

/** For the tests of a suite: an emulator that takes these logins, and a folder for each test. */
export function kitFixture() {
  let emulator: Emulator;
  let folder: string;
  before(async () => {
    emulator = await startEmulator({ seed: { instances: [{ instanceId: "post-cn-kits", ...rules }] } });
  });
  after(() => emulator.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kits-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return {
    get folder() {
      return folder;
    },
    /** What a kit is made of by which a login works. */
    given(way: Way, login: Login, more: Partial<GivenConnection> = {}): GivenConnection {
      const { hostname, port } = new URL(emulator[way]);
      const trust = way === "mqtts" ? { ca: emulator.ca } : { tls: false };
      return { login, host: hostname, port: Number(port), ...trust, ...more };
    },
    /** Writes the files of a kit to a folder of its own, and gives its path. */
    write(name: string, given: GivenConnection): string {
      expect(kitFaults(given)).to.deep.equal([]);
      const place = join(folder, name);
      mkdirSync(place);
      for (const [file, text] of Object.entries(kitFiles(given, join(place, "ca.pem")))) {
        writeFileSync(join(place, file), text);
      }
      return place;
    },
  };
}
