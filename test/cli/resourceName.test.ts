import { expect } from "chai";
import { resourceName } from "../../cli/adopting/resourceName";

describe("The name of an adopted resource", () => {
  const names = [
    [["post-cn-1", "GID_line@@@sensor-1"], "post-cn-1/GID_line@@@sensor-1"],
    [["post-cn-1", "01:ab:cd"], "post-cn-1/01:ab:cd"],
    [["post-cn-1", "meter", undefined], "post-cn-1/meter"],
    [["post-cn-1", "meter", undefined, "demo/+/state/#"], "post-cn-1/meter//demo/+/state/#"],
    [["post-cn-1", undefined, "meter", "demo/+/state/#"], "post-cn-1//meter/demo/+/state/#"],
    [["post-cn-1", "a/b", "c"], "post-cn-1/a~2fb/c"],
    [["post-cn-1", "a~2fb", "c"], "post-cn-1/a~7e2fb/c"],
    [["post-cn-1", "a::b c%d"], "post-cn-1/a~3a~3ab~20c~25d"],
    [["post-cn-1", "电表"], "post-cn-1/电表"],
    [["post-cn-1", "\u{1f321}`${"], "post-cn-1/~f0~9f~8c~a1~60~24~7b"],
  ] as const;

  for (const [parts, name] of names) {
    it(`of ${parts.join(", ")} is ${name}`, () => {
      expect(resourceName(parts)).to.equal(name);
    });
  }
});
