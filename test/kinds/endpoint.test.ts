import { expect } from "chai";
import { isLoopback, parseEndpoint, placeOf, regionalEndpoint } from "../../kinds/endpoint";

describe("an endpoint", () => {
  for (const [text, href] of [
    ["127.0.0.1:8080", "http://127.0.0.1:8080/"],
    ["localhost:8080", "http://localhost:8080/"],
    ["[::1]:8080", "http://[::1]:8080/"],
    ["localhost", "http://localhost/"],
    ["onsmqtt.cn-hangzhou.aliyuncs.com", "https://onsmqtt.cn-hangzhou.aliyuncs.com/"],
    ["onsmqtt.test.invalid:8443", "https://onsmqtt.test.invalid:8443/"],
    ["localhost.example.com", "https://localhost.example.com/"],
    ["127.0.0.1.example.com", "https://127.0.0.1.example.com/"],
    ["https://127.0.0.1:8443", "https://127.0.0.1:8443/"],
    ["http://example.com/", "http://example.com/"],
  ] as const) {
    it(`is ${href} when it is written as ${text}`, () => {
      expect(parseEndpoint(text)?.href).to.equal(href);
    });
  }

  for (const text of [
    "",
    "a b",
    "ftp://example.com",
    "example.com/path",
    "user@example.com",
    "example.com?a=b",
    "//",
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseEndpoint(text)).to.equal(undefined);
    });
  }

  for (const [host, is] of [
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["localhost", true],
    ["[::1]", true],
    ["0.0.0.0", false],
    ["10.0.0.1", false],
    ["127.0.0.1.example.com", false],
  ] as const) {
    it(`is ${is ? "" : "not "}on this machine at ${host}`, () => {
      expect(isLoopback(new URL(`http://${host}`))).to.equal(is);
    });
  }

  it("of a region follows a rule", () => {
    expect(regionalEndpoint("cn-hangzhou")).to.equal("onsmqtt.cn-hangzhou.aliyuncs.com");
  });

  it("gives the place of instances by its host, and else the region does", () => {
    expect(placeOf("127.0.0.1:8080", "cn-hangzhou")).to.equal("127.0.0.1:8080");
    expect(placeOf("https://example.com", undefined)).to.equal("example.com");
    expect(placeOf(undefined, "cn-hangzhou")).to.equal("onsmqtt.cn-hangzhou.aliyuncs.com");
    expect(placeOf(undefined, undefined)).to.equal(undefined);
  });
});
