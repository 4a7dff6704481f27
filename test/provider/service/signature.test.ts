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

type Parameters = Readonly<Record<string, string>>;

/** What the vendor's own signer makes of the same request. */
function vendorAuthorization(query: Parameters, headers: Parameters, body = "") {
  const request = Object.assign(new Request(), { method: "POST", pathname: "/", query, headers });
  const digest = createHash("sha256").update(body).digest("hex");
  return OpenApiUtil.getAuthorization(request, "ACS3-HMAC-SHA256", digest, "id", "secret");
}

const post = {
  method: "POST",
  host: "onsmqtt.cn-hangzhou.aliyuncs.com",
  action: "Act",
  version: "2020-04-20",
} as const;

describe("a signature", () => {
  for (const [what, query, securityToken] of [
    ["plain parameters", { InstanceId: "post-cn-1", ClientId: "GID_a12@@@b" }, undefined],
    ["special characters", { B: special, a: special, A: "" }, undefined],
    ["a security token", { InstanceId: "post-cn-1" }, "token+/="],
    ["no parameter", {}, undefined],
  ] as const) {
    it(`is what the vendor's own signer makes of ${what}`, () => {
      const { query: signed, headers } = signedRequest(
        { ...post, query },
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

  it("is what the vendor's own signer makes of a form", () => {
    const form = { Secret: special, A: "" };
    const { body, headers } = signedRequest(
      { ...post, query: {}, form },
      { accessKeyId: "id", accessKeySecret: "secret" },
    );
    const { authorization, ...others } = headers;
    expect(authorization).to.equal(vendorAuthorization({}, others, body));
    expect(authorization).to.contain("SignedHeaders=content-type;host;");
    expect(Object.fromEntries(new URLSearchParams(body))).to.deep.equal(form);
  });

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
