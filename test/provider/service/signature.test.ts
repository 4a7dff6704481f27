import { createHash } from "node:crypto";
import OpenApiUtil from "@alicloud/openapi-util";
import { Request } from "@alicloud/tea-typescript";
import { startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { isProviderError } from "../../../provider/errors";
import { actions } from "../../../provider/service/actions";
import { signedRequest } from "../../../provider/service/signature";
import { clientOf } from "./tinyService";

const special = "a b+c*d~e%f&g=h/i'j(k)l!m@n#o?p:q\u00fc\u4e2d\u{1f600}";

/** What the vendor's own signer makes of the same request. */
function vendorAuthorization(query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) {
  const request = Object.assign(new Request(), { method: "POST", pathname: "/", query, headers });
  const nothing = createHash("sha256").update("").digest("hex");
  return OpenApiUtil.getAuthorization(request, "ACS3-HMAC-SHA256", nothing, "id", "secret");
}

describe("a signature", () => {
  for (const [what, query, securityToken] of [
    ["plain parameters", { InstanceId: "post-cn-1", ClientId: "GID_a12@@@b" }, undefined],
    ["special characters", { B: special, a: special, A: "" }, undefined],
    ["a security token", { InstanceId: "post-cn-1" }, "token+/="],
    ["no parameter", {}, undefined],
  ] as const) {
    it(`is what the vendor's own signer makes of ${what}`, () => {
      const { query: signed, headers } = signedRequest(
        { method: "POST", host: "onsmqtt.cn-hangzhou.aliyuncs.com", action: "Act", version: "2020-04-20", query },
        { accessKeyId: "id", accessKeySecret: "secret", securityToken },
        new Date("2024-01-02T03:04:05.678Z"),
        "nonce",
      );
      const { authorization, ...others } = headers;
      expect(others).to.include({ "x-acs-date": "2024-01-02T03:04:05Z", "x-acs-signature-nonce": "nonce" });
      expect(authorization).to.equal(vendorAuthorization(query, others));
      expect(Object.fromEntries(new URLSearchParams(signed))).to.deep.equal(query);
    });
  }

  it("is taken by the emulator, whatever the parameters hold", async () => {
    const accessKeys = [{ accessKeyId: "own", accessKeySecret: "own-secret" }];
    const emulator = await startEmulator({ seed: { accessKeys } });
    const { call, close } = clientOf(emulator.endpoint);
    try {
      const device = { instanceId: special, clientId: special };
      const error: unknown = await call(actions.getDeviceCredential, device, "a device").catch((reason) => reason);
      const code = isProviderError(error) ? error.code : expect.fail(String(error));
      expect(code)
        .to.be.a("string")
        .and.not.to.match(/Signature|AccessKey/);
    } finally {
      await close();
      await emulator.close();
    }
  });
});
