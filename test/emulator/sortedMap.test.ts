import { expect } from "chai";
import { SortedMap } from "../../emulator/foundation/sortedMap";

describe("SortedMap", () => {
  const filled = () => {
    const map = new SortedMap<number>();
    for (const [index, key] of ["c", "a", "d", "b"].entries()) map.set(key, index);
    return map;
  };

  it("keeps its keys in order, whatever the order they come in", () => {
    expect(filled().keys()).to.deep.equal(["a", "b", "c", "d"]);
    expect(filled().values(1, 2)).to.deep.equal([3, 0]);
  });

  it("replaces and deletes", () => {
    const map = filled();
    map.set("a", 9);
    expect(map.get("a")).to.equal(9);
    expect(map.delete("c")).to.equal(true);
    expect(map.delete("c")).to.equal(false);
    expect(map.keys()).to.deep.equal(["a", "b", "d"]);
    expect(map.size).to.equal(3);
  });

  it("finds the place after a key that is not there", () => {
    expect(filled().indexAfter("bb")).to.equal(2);
    expect(filled().indexAfter("")).to.equal(0);
    expect(filled().indexAfter("z")).to.equal(4);
  });

  it("tells its watcher every change, and nothing where nothing changes", () => {
    const map = filled();
    const changes: unknown[] = [];
    map.watch((value, [key]) => changes.push([value, key]));
    map.set("e", 4);
    map.delete("e");
    map.delete("e");
    expect(changes).to.deep.equal([
      [4, "e"],
      [undefined, "e"],
    ]);
  });

  it("takes changes back, the last one first", () => {
    const map = filled();
    const before = map.keys().map((key) => [key, map.get(key)]);
    const takeBacks: (() => void)[] = [];
    map.watch((_, __, takeBack) => takeBacks.unshift(takeBack));
    map.set("e", 4);
    map.set("a", 5);
    map.delete("b");
    map.set("b", 6);
    for (const takeBack of [...takeBacks]) takeBack();
    expect(map.keys().map((key) => [key, map.get(key)])).to.deep.equal(before);
  });
});
