import { expect } from "chai";
import { signatureV1 } from "../../emulator/gateway/signatureV1";
import { signatureV3 } from "../../emulator/gateway/signatureV3";

/** All expected values are published by the vendor, none was computed here. */
describe("signatures against published examples", () => {
  it("gives the classic signature of the DescribeRegions example", () => {
    const parameters = new Map([
      ["Timestamp", "2016-02-23T12:46:24Z"],
      ["Format", "XML"],
      ["AccessKeyId", "testid"],
      ["Action", "DescribeRegions"],
      ["SignatureMethod", "HMAC-SHA1"],
      ["SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"],
      ["Version", "2014-05-26"],
      ["SignatureVersion", "1.0"],
    ]);
    expect(signatureV1("GET", parameters, "testsecret")).to.equal("OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
  });

  it("gives the classic signature of the SendSms example, which has spaces, quotes and Chinese text", () => {
    const parameters = new Map([
      ["AccessKeyId", "testId"],
      ["Action", "SendSms"],
      ["Format", "XML"],
      ["OutId", "123"],
      ["PhoneNumbers", "15300000001"],
      ["RegionId", "cn-hangzhou"],
      ["SignName", "阿里云短信测试专用"],
      ["SignatureMethod", "HMAC-SHA1"],
      ["SignatureNonce", "45e25e9b-0a6f-4070-8c85-2956eda1b466"],
      ["SignatureVersion", "1.0"],
      ["TemplateCode", "SMS_71390007"],
      ["TemplateParam", '{"customer":"test"}'],
      ["Timestamp", "2017-07-12T02:42:19Z"],
      ["Version", "2017-05-25"],
    ]);
    expect(signatureV1("GET", parameters, "testSecret")).to.equal("zJDF+Lrzhj/ThnlvIToysFRq6t4=");
  });

  it("gives the generation 3 signature of the RunInstances example", () => {
    const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const request = {
      method: "POST",
      path: "/",
      query: new Map([
        ["RegionId", "cn-shanghai"],
        ["ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"],
      ]),
      headers: new Map([
        ["host", "ecs.cn-shanghai.aliyuncs.com"],
        ["x-acs-action", "RunInstances"],
        ["x-acs-content-sha256", emptyHash],
        ["x-acs-date", "2023-10-26T10:22:32Z"],
        ["x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"],
        ["x-acs-version", "2014-05-26"],
      ]),
    };
    expect(signatureV3(request, [...request.headers.keys()], "YourAccessKeySecret")).to.equal(
      "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    );
  });
});
