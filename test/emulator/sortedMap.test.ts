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

  it("has its keys in the natural order too, from before and after they are first asked for", () => {
    const map = new SortedMap<number>();
    for (const key of ["a10", "a9", "a1"]) map.set(key, 0);
    expect(map.naturalKeys()).to.deep.equal(["a1", "a9", "a10"]);
    map.set("a2", 0);
    map.set("a11", 0);
    map.set("a9", 1);
    map.delete("a1");
    map.delete("a10");
    expect(map.naturalKeys()).to.deep.equal(["a2", "a9", "a11"]);
    expect(map.naturalKeys(1, 1)).to.deep.equal(["a9"]);
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
