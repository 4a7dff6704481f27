import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Claims } from "../../../machine/claims";
import { DeviceCredentials } from "../../../provider/service/deviceCredentials";
import { Groups } from "../../../provider/service/groups";
import { hurry } from "../hurry";
import { clientOf, free, startTinyService, type TinyService } from "./tinyService";

const device = { instanceId: "post-cn-1", clientId: "GID_line@@@one" };

/** A service that has no such device and throttles its registration three times. */
describe("A registration that is throttled", () => {
  let endHurry: () => void;
  let service: TinyService;
  let registrations: number;

  beforeEach(async () => {
    endHurry = hurry();
    registrations = 0;
    service = await startTinyService(({ headers }, response) => {
      if (headers["x-acs-action"] !== "RegisterDeviceCredential") {
        response.writeHead(404).end('{"RequestId":"020F","Code":"DeviceCredentialNotFound"}');
        return;
      }
      registrations++;
      if (registrations <= 3) {
        response.writeHead(400).end('{"RequestId":"020F","Code":"Throttling.User"}');
        return;
      }
      const credential = { DeviceAccessKeyId: "made", DeviceAccessKeySecret: "s", CreateTime: 1, UpdateTime: 1 };
      const { instanceId: InstanceId, clientId: ClientId } = device;
      response.end(JSON.stringify({ RequestId: "020F", DeviceCredential: { InstanceId, ClientId, ...credential } }));
    });
  });

  afterEach(async () => {
    await service.close();
    endHurry();
  });

  for (const [what, queueMs] of [
    ["the queue before the first look", (asked: number) => (asked <= 2 ? 300_000 : 0)],
    ["the queue before each", () => 130_000],
  ] as const) {
    it(`is repeated until the service takes it, however long ${what} is`, async () => {
      let asked = 0;
      const general = () => new Promise<void>((resolve) => setTimeout(resolve, queueMs(++asked)));
      const client = clientOf(service.endpoint, {}, { limiters: { ...free, general } });
      const { signal } = new AbortController();
      const context = { now: () => performance.now(), progress: () => {}, signal };
      const folder = mkdtempSync(join(tmpdir(), "registration-"));
      const claims = new Claims(folder);
      const credentials = new DeviceCredentials(client, new Groups(client.call, context), context, claims, "");
      const { credential, existed } = await credentials.registerIfAbsent(device, "get");
      expect({ id: credential.deviceAccessKeyId, existed }).to.deep.equal({ id: "made", existed: false });
      expect(registrations).to.equal(4);
      await client.close();
      rmSync(folder, { recursive: true });
    });
  }
});
