import { expect } from "chai";
import { clientIdFault, deviceIdFault, groupIdFault, joinClientId, splitClientId } from "../../kinds/clientId";

describe("clientId", () => {
  it("joins group and device with three at signs", () => {
    expect(joinClientId({ groupId: "GID_a12", deviceId: "b" })).to.equal("GID_a12@@@b");
  });

  it("splits what it joined", () => {
    const parts = { groupId: "GID-a12", deviceId: "line-1_b" };
    expect(splitClientId(joinClientId(parts))).to.deep.equal(parts);
  });

  for (const clientId of ["", "GID_a12", "GID_a12@@@", "@@@b", "GID_a12@@b", "GID_a12@@@b@@@c"]) {
    it(`does not split ${JSON.stringify(clientId)}`, () => {
      expect(splitClientId(clientId)).to.equal(undefined);
    });
  }

  it("finds no fault with 64 characters", () => {
    expect(clientIdFault(`GID_a12@@@${"b".repeat(54)}`)).to.equal(undefined);
  });

  it("names the limit and the length of a longer one", () => {
    expect(clientIdFault(`GID_a12@@@${"b".repeat(55)}`)).to.equal(
      "must be at most 64 characters, group and @@@ included; got 65",
    );
  });

  it("names the form when a part is missing", () => {
    expect(clientIdFault("line-1")).to.equal("must be <GroupId>@@@<DeviceId>");
  });

  it("says what is wrong with the group in it", () => {
    expect(clientIdFault("sensors@@@b")).to.equal(
      "has a group id that must start with GID_ or GID- and hold only letters, digits, - and _",
    );
  });

  it("says what is wrong with the device in it", () => {
    expect(clientIdFault("GID_a12@@@line 1")).to.equal("must hold only letters, digits, - and _ (at least one)");
  });

  it("takes group ids of 7 and of 64 characters", () => {
    expect([groupIdFault("GID_a12"), groupIdFault(`GID-${"a".repeat(60)}`)]).to.deep.equal([undefined, undefined]);
  });

  it("counts the characters of a group id that is too short or too long", () => {
    expect([groupIdFault("GID_a1"), groupIdFault(`GID_${"a".repeat(61)}`)]).to.deep.equal([
      "must have 7 to 64 characters; got 6",
      "must have 7 to 64 characters; got 65",
    ]);
  });

  for (const deviceId of ["", "a/b", "a\nb", "ä", "a@b"]) {
    it(`refuses the device id ${JSON.stringify(deviceId)}`, () => {
      expect(deviceIdFault(deviceId)).to.equal("must hold only letters, digits, - and _ (at least one)");
    });
  }
});
