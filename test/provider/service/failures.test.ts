import { expect } from "chai";
import { Answer } from "../../../provider/service/answer";
import { toProviderError } from "../../../provider/service/failures";

const marker = "marker-of-a-secret";
const context = {
  action: "RegisterDeviceCredential",
  object: "GID_a12@@@b on instance post-cn-1",
  endpoint: "https://onsmqtt.cn-hangzhou.aliyuncs.com",
  mutates: true,
};

/** What the client library throws for an answer that carries a code, with everything it likes to quote. */
function refusal(code: string) {
  return Object.assign(new Error(`${code}: ${marker}`), {
    code,
    data: { statusCode: 400, RequestId: "020F", Code: code, Message: marker },
  });
}

function malformed(): unknown {
  try {
    return new Answer({ Secret: marker }).get("DeviceCredential").get("CreateTime").time();
  } catch (error) {
    return error;
  }
}

describe("failures", () => {
  it("tells action, object, code, status, request id and advice", () => {
    expect(toProviderError(refusal("DeviceCredentialNumExceed"), context).message).to.equal(
      "RegisterDeviceCredential for GID_a12@@@b on instance post-cn-1: DeviceCredentialNumExceed (HTTP 400, request 020F). " +
        "The instance holds as many credentials as it may: deregister unused ones or ask for a larger instance",
    );
  });

  it("carries kind and code for whoever has to decide", () => {
    expect(toProviderError(refusal("DeviceCredentialNotFound"), context)).to.include({
      kind: "NotFound",
      code: "DeviceCredentialNotFound",
      unclear: false,
    });
  });

  it("does without status and request id when the answer has none", () => {
    const error = Object.assign(new Error(), { code: "InternalError", data: { Code: "InternalError" } });
    expect(toProviderError(error, context).message).to.contain(": InternalError. The service failed");
  });

  it("takes a failed write for possibly done when its code leaves that open", () => {
    expect(toProviderError(refusal("InternalError"), context).unclear).to.equal(true);
  });

  it("never takes a failed read for possibly done", () => {
    expect(toProviderError(refusal("InternalError"), { ...context, mutates: false }).unclear).to.equal(false);
  });

  for (const code of [
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ]) {
    it(`knows that a write was not sent after ${code}`, () => {
      const error = toProviderError(Object.assign(new Error(marker), { code }), context);
      expect(error).to.include({ kind: "Transient", unclear: false });
      expect(error.message).to.contain(`cannot reach https://onsmqtt.cn-hangzhou.aliyuncs.com (${code})`);
    });
  }

  for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT", "EPROTO"]) {
    it(`does not know whether a write was done after ${code}`, () => {
      const error = toProviderError(Object.assign(new Error(marker), { code }), context);
      expect(error).to.include({ kind: "Transient", unclear: true });
      expect(error.message).to.contain(`no usable answer from https://onsmqtt.cn-hangzhou.aliyuncs.com (${code})`);
    });
  }

  it("takes an error of a library whose code is not the answer's for no code of the service", () => {
    const error = Object.assign(new Error(marker), { code: "DeviceCredentialNotFound", data: { Code: "Other" } });
    expect(toProviderError(error, context)).to.include({ kind: "Transient", code: undefined });
  });

  it("names the path of an answer that could not be read", () => {
    const error = toProviderError(malformed(), context);
    expect(error).to.include({ kind: "Unexpected", unclear: true });
    expect(error.message).to.contain("(answer.DeviceCredential.CreateTime is not a whole number)");
  });

  for (const [what, thrown] of [
    ["a refusal", refusal("SignatureDoesNotMatch")],
    ["an unknown code", refusal("NeverHeardOf")],
    ["an answer that could not be read", malformed()],
    ["a broken connection", Object.assign(new Error(marker), { code: "ECONNRESET", data: { password: marker } })],
    ["an error without a code", new SyntaxError(`Unexpected token < in ${marker}`)],
    ["a text", marker],
    ["nothing", undefined],
  ] as const) {
    it(`never quotes ${what}`, () => {
      const error = toProviderError(thrown, context);
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.to.contain(marker);
    });
  }
});
