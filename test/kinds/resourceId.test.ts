import { expect } from "chai";
import { formatId, parseId } from "../../kinds/resourceId";

describe("resourceId", () => {
  it("joins the encoded parts with slashes", () => {
    expect(formatId(["post-cn-1", "GID_a12@@@b"])).to.equal("post-cn-1/GID_a12%40%40%40b");
  });

  for (const parts of [
    ["a/b", "c%2Fd"],
    ["%", "100%"],
    ["ä ö", "设备"],
    ["a?b#c", "\u{1F600}\n"],
    [":", "00:F2:69"],
  ]) {
    it(`gives ${JSON.stringify(parts)} back`, () => {
      expect(parseId(formatId(parts), 2)).to.deep.equal(parts);
    });
  }

  it("does not parse too few parts", () => {
    expect(parseId("a", 2)).to.equal(undefined);
  });

  it("does not parse too many parts", () => {
    expect(parseId("a/b/c", 2)).to.equal(undefined);
  });

  it("gives a part that an object does not have back as missing", () => {
    expect(formatId(["a", undefined])).to.equal("a/");
    expect(parseId("a/", 2)).to.deep.equal(["a", undefined]);
  });

  it("does not parse a broken encoding", () => {
    expect(parseId("a/%E0%A4", 2)).to.equal(undefined);
  });
});
