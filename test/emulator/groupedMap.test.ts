import { expect } from "chai";
import { GroupedMap } from "../../emulator/foundation/groupedMap";

describe("GroupedMap", () => {
  const filled = () => {
    const map = new GroupedMap<number>();
    map.set("b", "2", 2);
    map.set("a", "3", 3);
    map.set("b", "1", 1);
    return map;
  };

  it("keeps groups and keys in order and counts all records", () => {
    expect(filled().values()).to.deep.equal([3, 1, 2]);
    expect(filled().of("b").keys()).to.deep.equal(["1", "2"]);
    expect(filled().size).to.equal(3);
  });

  it("replaces and deletes", () => {
    const map = filled();
    map.set("b", "1", 9);
    expect(map.of("b").get("1")).to.equal(9);
    expect([map.delete("b", "1"), map.delete("b", "1"), map.delete("c", "1")]).to.deep.equal([true, false, false]);
    expect([map.deleteGroup("b"), map.deleteGroup("b")]).to.deep.equal([true, false]);
    expect(map.values()).to.deep.equal([3]);
    expect(map.size).to.equal(1);
  });

  it("takes a group without records as empty", () => {
    const map = filled();
    map.delete("a", "3");
    expect(map.of("a").size).to.equal(0);
    expect(map.of("c").keys()).to.deep.equal([]);
  });

  it("tells its watcher every change, and nothing where nothing changes", () => {
    const map = filled();
    const changes: unknown[] = [];
    map.watch((value, keys) => changes.push([value, ...keys]));
    map.set("a", "4", 4);
    map.delete("a", "4");
    map.delete("a", "4");
    map.deleteGroup("b");
    map.deleteGroup("b");
    expect(changes).to.deep.equal([
      [4, "a", "4"],
      [undefined, "a", "4"],
      [undefined, "b"],
    ]);
  });

  it("takes changes back, the last one first", () => {
    const map = filled();
    const all = () =>
      ["a", "b", "c"].map((group) =>
        map
          .of(group)
          .keys()
          .map((key) => [key, map.of(group).get(key)]),
      );
    const [before, size] = [all(), map.size];
    const takeBacks: (() => void)[] = [];
    map.watch((_, __, takeBack) => takeBacks.unshift(takeBack));
    map.set("c", "1", 9);
    map.set("a", "3", 9);
    map.delete("a", "3");
    map.deleteGroup("b");
    for (const takeBack of [...takeBacks]) takeBack();
    expect(all()).to.deep.equal(before);
    expect(map.size).to.equal(size);
  });
});
