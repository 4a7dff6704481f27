import { createHash } from "node:crypto";
import { expect } from "chai";

import { XMLValidator } from "fast-xml-parser";
import { acs3Headers, classicQuery, type RawRequest, send } from "../../tools/emulator/rawRequests";

import { EmulatorFixture, type KeyPair, VendorClient } from "./harness";
import { invalidParameter } from "./refusals";

const keys = { accessKeyId: "own", accessKeySecret: "own-secret" };
const temporaryKeys = { accessKeyId: "temporary", accessKeySecret: "temporary-secret", securityToken: "token" };

describe("the gateway", () => {
  const fixture = new EmulatorFixture({ seed: { accessKeys: [keys, temporaryKeys] } });
  const host = () => fixture.emulator.endpoint.replace("http://", "");
  const answer = (request: RawRequest) => send(fixture.emulator.endpoint, request);
  const refusal = async (request: RawRequest) => {
    const { status, body } = await answer(request);
    const { Code: code, Message: message } = JSON.parse(body);
    return { status, code, message };
  };
  const classic = (parameters: Record<string, string>, by: KeyPair = keys): RawRequest => ({
    path: `/?${classicQuery(by, { Action: "ListInstances", ...parameters })}`,
  });

  for (const generation of ["classic", "acs3"] as const) {
    describe(`with the ${generation} signature of the vendor's client`, () => {
      it("answers, and takes parameters with every kind of character as they were meant", async () => {
        const client = new VendorClient(fixture.emulator.endpoint, keys, generation);
        expect(await client.call("ListInstances")).to.have.property("Instances");
        const Tags = JSON.stringify([{ key: "a b+c/d=e&f%g", value: "~*'()!中" }]);
        expect(await client.call("ListInstances", { Tags })).to.have.property("Instances");
      });

      it("refuses an unknown key", async () => {
        const client = new VendorClient(fixture.emulator.endpoint, { ...keys, accessKeyId: "nobody" }, generation);
        expect(await client.refusal("ListInstances")).to.deep.equal({
          status: 404,
          code: "InvalidAccessKeyId.NotFound",
          message: "Specified access key is not found.",
        });
      });

      it("refuses a wrong secret", async () => {
        const client = new VendorClient(fixture.emulator.endpoint, { ...keys, accessKeySecret: "wrong" }, generation);
        const { status, code, message } = await client.refusal("ListInstances");
        expect({ status, code }).to.deep.equal({ status: 400, code: "SignatureDoesNotMatch" });
        const [wording, stringToSign] = message.split(" server string to sign is:");
        expect(wording).to.equal("Specified signature is not matched with our calculation.");
        if (generation === "classic")
          expect(stringToSign).to.match(/^POST&%2F&AccessKeyId%3Down%26Action%3DListInstances/);
        else expect(stringToSign).to.equal(undefined);
      });

      it("wants the security token of a temporary key, and no other", async () => {
        const { accessKeyId, accessKeySecret } = temporaryKeys;
        const call = (by: KeyPair) => new VendorClient(fixture.emulator.endpoint, by, generation);
        expect(await call(temporaryKeys).call("ListInstances")).to.have.property("Instances");
        expect(await call({ accessKeyId, accessKeySecret }).refusal("ListInstances")).to.deep.equal({
          status: 400,
          code: "MissingSecurityToken",
          message: "SecurityToken is mandatory for this action.",
        });
        for (const by of [
          { ...temporaryKeys, securityToken: "other" },
          { ...keys, securityToken: "token" },
        ]) {
          expect(await call(by).refusal("ListInstances")).to.deep.equal({
            status: 400,
            code: "InvalidSecurityToken.MismatchWithAccessKey",
            message: "Specified SecurityToken mismatch with the AccessKey.",
          });
        }
      });
    });
  }

  it("takes all parameters of the classic signature from a form", async () => {
    const body = classicQuery(keys, { Action: "ListInstances" }, "POST");
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    expect(await answer({ method: "POST", headers, body })).to.include({ status: 200 });
  });

  it("refuses a nonce that was used before", async () => {
    const SignatureNonce = "once";
    expect(await answer(classic({ SignatureNonce }))).to.include({ status: 200 });
    expect(await refusal(classic({ SignatureNonce }))).to.deep.equal({
      status: 400,
      code: "SignatureNonceUsed",
      message: "Specified signature nonce was used already.",
    });
    expect(await answer(classic({ SignatureNonce, SecurityToken: "token" }, temporaryKeys))).to.include({
      status: 200,
    });
  });

  it("takes timestamps within a quarter of an hour of the wall clock, whatever the emulator's clock says", async () => {
    fixture.emulator.setClock("2031-01-01T00:00:00Z");
    const at = (minutes: number) => `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;
    expect(await answer(classic({ Timestamp: at(-14) }))).to.include({ status: 200 });
    for (const minutes of [-16, 16]) {
      expect(await refusal(classic({ Timestamp: at(minutes) }))).to.deep.equal({
        status: 400,
        code: "InvalidTimeStamp.Expired",
        message: "Specified time stamp or date value is expired.",
      });
    }
    for (const Timestamp of ["now", new Date().toISOString(), "2026-13-41T99:00:00Z"]) {
      expect(await refusal(classic({ Timestamp }))).to.deep.equal({
        status: 400,
        code: "InvalidTimeStamp.Format",
        message: "Specified time stamp or date value is not well formatted.",
      });
    }
  });

  for (const name of ["AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"]) {
    it(`refuses a classic request without ${name}`, async () => {
      expect(await refusal(classic({ [name]: "" }))).to.deep.equal({
        status: 400,
        code: `Missing${name}`,
        message: `${name} is mandatory for this action.`,
      });
    });
  }

  it("refuses other signature methods", async () => {
    const unsupported = {
      status: 400,
      code: "InvalidSignatureMethod",
      message: "Specified signature method is not valid.",
    };
    expect(await refusal(classic({ SignatureMethod: "HMAC-SHA256" }))).to.deep.equal(unsupported);
    expect(await refusal(classic({ SignatureVersion: "2.0" }))).to.deep.equal(unsupported);
    const headers = { ...acs3Headers(keys, host()), authorization: "ACS3-RSA-SHA256 Credential=own" };
    expect(await refusal({ headers })).to.deep.equal(unsupported);
  });

  it("refuses generation 3 when it is malformed or leaves a header unsigned", async () => {
    const incomplete = {
      status: 400,
      code: "IncompleteSignature",
      message: "The request signature does not conform to Aliyun standards.",
    };
    expect(await answer({ headers: acs3Headers(keys, host()) })).to.include({ status: 200 });
    const malformed = { ...acs3Headers(keys, host()), authorization: "ACS3-HMAC-SHA256 nonsense" };
    expect(await refusal({ headers: malformed })).to.deep.equal(incomplete);
    const unsigned = { ...acs3Headers(keys, host()), "x-acs-security-token": "smuggled" };
    expect(await refusal({ headers: unsigned })).to.deep.equal(incomplete);
    const { "x-acs-date": _, ...undated } = acs3Headers(keys, host());
    expect(await refusal({ headers: undated })).to.deep.equal(incomplete);
  });

  it("refuses an empty nonce of generation 3, as it refuses a missing one of the classic signature", async () => {
    expect(await refusal({ headers: acs3Headers(keys, host(), { "x-acs-signature-nonce": "" }) })).to.deep.include({
      code: "IncompleteSignature",
    });
    expect(await refusal(classic({ SignatureNonce: "" }))).to.deep.include({ code: "MissingSignatureNonce" });
  });

  it("answers XML that is valid, whatever characters a request has brought", async () => {
    const tags = JSON.stringify([{ key: "a\u0001\ud800b", value: "\u000b<&\ufffe\u{1f600}" }]);
    await fixture.client.call("CreateGroupId", { InstanceId: fixture.instanceId, GroupId: "GID_odd", Tags: tags });
    const { status, body } = await answer(
      classic({ Action: "ListGroupId", Format: "XML", InstanceId: fixture.instanceId }),
    );
    expect(status).to.equal(200);
    expect(XMLValidator.validate(body)).to.equal(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(body).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&#x0*(1|b);/i);
    expect(body).to.include("\u{1f600}");
  });

  it("refuses a body whose hash is not the signed one", async () => {
    const hash = createHash("sha256").update("other").digest("hex");
    const headers = acs3Headers(keys, host(), { "x-acs-content-sha256": hash });
    expect(await refusal({ headers })).to.deep.include({ code: "SignatureDoesNotMatch" });
  });

  it("refuses requests without, or with an unknown, action or version", async () => {
    const notFound = {
      status: 404,
      code: "InvalidAction.NotFound",
      message: "Specified api is not found, please check your url and method.",
    };
    expect(await refusal({})).to.deep.include({ status: 400, code: "MissingAction" });
    expect(await refusal({ path: "/?Action=ListInstances" })).to.deep.include({ status: 400, code: "MissingVersion" });
    expect(await refusal(classic({ Action: "Nothing" }))).to.deep.equal(notFound);
    expect(await refusal({ path: `/other?${classicQuery(keys, { Action: "ListInstances" })}` })).to.deep.equal(
      notFound,
    );
    expect(await refusal(classic({ Version: "2019-01-01" }))).to.deep.equal({
      status: 400,
      code: "InvalidVersion",
      message: "Specified parameter Version is not valid.",
    });
  });

  it("refuses parameters that are unknown or there twice", async () => {
    expect(await refusal(classic({ Colour: "red" }))).to.deep.equal(invalidParameter("Colour"));
    const twice = { path: `${classic({}).path}&Version=2020-04-20` };
    expect(await refusal(twice)).to.deep.equal(invalidParameter("Version"));
    expect(await answer(classic({ RegionId: "cn-hangzhou" }))).to.include({ status: 200 });
  });

  it("refuses bodies that are no form", async () => {
    const headers = { "content-type": "application/json" };
    expect(await refusal({ ...classic({}), method: "POST", headers, body: "{}" })).to.deep.equal(
      invalidParameter("ContentType"),
    );
  });

  it("says where an error comes from", async () => {
    const { body, contentType } = await answer(classic({ Colour: "red" }));
    expect(contentType).to.match(/^application\/json/);
    expect(JSON.parse(body)).to.have.all.keys("RequestId", "HostId", "Code", "Message").and.include({ HostId: host() });
  });

  describe("in XML", () => {
    it("answers when Format or the Accept header says so", async () => {
      const byFormat = await answer(classic({ Format: "XML" }));
      const byHeader = await answer({ headers: { ...acs3Headers(keys, host()), accept: "application/xml" } });
      for (const { status, contentType, body } of [byFormat, byHeader]) {
        expect(status).to.equal(200);
        expect(contentType).to.equal("text/xml;charset=utf-8");
        expect(body).to.match(/^<\?xml version="1\.0" encoding="UTF-8"\?><ListInstancesResponse><RequestId>/);
        expect(body).to.include("<Instances><InstanceStatus>5</InstanceStatus>");
      }
    });

    it("repeats the element of a list and escapes text", async () => {
      const instances = [{ instanceId: "i-1", instanceName: "a<b&c" }, { instanceId: "i-2" }];
      fixture.emulator.setState({ accessKeys: [keys], instances });
      const { body } = await answer(classic({ Format: "XML" }));
      expect(body.match(/<Instances>/g)).to.have.lengthOf(2);
      expect(body).to.include("<InstanceName>a&lt;b&amp;c</InstanceName>");
    });

    it("gives errors", async () => {
      const { status, contentType, body } = await answer(classic({ Format: "XML", Colour: "red" }));
      expect(status).to.equal(400);
      expect(contentType).to.equal("text/xml;charset=utf-8");
      expect(body).to.match(/<Error><RequestId>.*<Code>InvalidParameter\.Colour<\/Code>.*<\/Error>$/);
    });

    it("knows no other format", async () => {
      expect(await refusal(classic({ Format: "YAML" }))).to.deep.equal(invalidParameter("Format"));
    });
  });
});

describe("the gateway under other assumptions", () => {
  const fixture = new EmulatorFixture({
    seed: { accessKeys: [keys] },
    assumptions: { unknownParameters: "ignored", httpStatus: "before" },
  });

  it("ignores unknown parameters, and has the statuses of before the notice", async () => {
    expect(await fixture.client.call("ListInstances", { Colour: "red" })).to.have.property("Instances");
    expect(await fixture.client.refusal("GetRegisterCode", { MqttInstanceId: "i-none" })).to.include({
      status: 500,
      code: "MqttInstanceNotFound",
    });
  });
});
