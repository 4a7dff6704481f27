import { expect } from "chai";
import { codeMeaning } from "../../../provider/service/errorCodes";

describe("errorCodes", () => {
  for (const [code, kind] of [
    ["DeviceCredentialNotFound", "NotFound"],
    ["FindDeviceBySnError", "NotFound"],
    ["DeviceCredentialExsit", "Conflict"],
    ["MqttInstanceNotFound", "InvalidInput"],
    ["InstancePermissionCheckFailed", "Unauthorized"],
    ["DeviceCredentialNumExceed", "Unsupported"],
    ["SystemOverFlow", "Throttled"],
    ["Throttling", "Throttled"],
    ["Throttling.User", "Throttled"],
    ["Throttling.Api", "Throttled"],
    ["InvalidAccessKeyId.NotFound", "Unauthorized"],
    ["InvalidSecurityToken.Expired", "Unauthorized"],
    ["InvalidTimeStamp.Expired", "Unauthorized"],
    ["Forbidden.RAM", "Unauthorized"],
    ["InvalidParameter.ClientId", "InvalidInput"],
    ["InternalError", "Transient"],
    ["ServiceUnavailable", "Transient"],
  ] as const) {
    it(`takes ${code} for ${kind}`, () => {
      expect(codeMeaning(code).kind).to.equal(kind);
    });
  }

  for (const code of ["InternalError", "ServiceUnavailable", "SignatureNonceUsed", "NeverHeardOf"]) {
    it(`takes a write that ends in ${code} for possibly done`, () => {
      expect(codeMeaning(code).unclear).to.equal(true);
    });
  }

  for (const code of ["SystemOverFlow", "Throttling.User", "PermissionCheckFailed", "SignatureDoesNotMatch"]) {
    it(`takes a write that ends in ${code} for certainly not done`, () => {
      expect(codeMeaning(code).unclear).to.equal(undefined);
    });
  }

  for (const code of ["NeverHeardOf", "ThrottlingOfAnotherSort", "", "constructor", "__proto__"]) {
    it(`says of ${JSON.stringify(code)} that it does not know it`, () => {
      expect(codeMeaning(code)).to.deep.equal({
        kind: "Unexpected",
        advice: "The provider does not know this code; please report it",
        unclear: true,
      });
    });
  }

  for (const code of ["InvalidSecurityToken.Expired", "SecurityTokenExpired", "ExpiredToken"]) {
    it(`says of ${code} that temporary credentials have expired`, () => {
      expect(codeMeaning(code).advice).to.contain("temporary credentials have expired").and.to.contain("token");
    });
  }
});
