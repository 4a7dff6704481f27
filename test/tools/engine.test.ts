import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { cacheFolder, exists, installOnce } from "../../tools/engine/cache";
import { goEnvironment } from "../../tools/engine/goBuild";
import { firstOpen, NoEngineError, type Outcome, type Route } from "../../tools/engine/routes";
import { isAtLeast, oldestCli, oldestGo, pinnedCli } from "../../tools/engine/versions";

describe("tools/engine", () => {
  describe("routes to a CLI", () => {
    const route = (name: string, outcome: Outcome, attempted: string[] = []): Route => ({
      name,
      attempt: async () => {
        attempted.push(name);
        return outcome;
      },
    });

    it("takes the first that is open and tries none behind it", async () => {
      const attempted: string[] = [];
      const engine = await firstOpen([
        route("a", { closed: "no" }, attempted),
        route("b", { bin: "/b" }, attempted),
        route("c", { bin: "/c" }, attempted),
      ]);
      expect(engine).to.deep.equal({ bin: "/b", route: "b" });
      expect(attempted).to.deep.equal(["a", "b"]);
    });

    it("names every closed route, its reason and the official page when none is open", async () => {
      const error = await firstOpen([route("a", { closed: "no a" }), route("b", { closed: "no b" })]).catch((e) => e);
      expect(error).to.be.instanceOf(NoEngineError);
      expect(error.message).to.contain("1. a: no a").and.to.contain("2. b: no b");
      expect(error.message).to.contain("https://www.pulumi.com/docs/iac/download-install/");
    });
  });

  describe("versions", () => {
    it("reads the pins from go.mod and package.json", () => {
      for (const version of [pinnedCli, oldestGo, oldestCli]) expect(version).to.match(/^\d+\.\d+\.\d+$/);
      expect(isAtLeast(pinnedCli, oldestCli)).to.equal(true);
    });

    for (const [printed, oldest, expected] of [
      ["v3.259.0", "3.216.0", true],
      ["3.216.0", "3.216.0", true],
      ["v3.215.9", "3.216.0", false],
      ["v4.0.0", "3.216.0", true],
      ["v2.999.0", "3.216.0", false],
      ["v3.217.0-alpha.1700000000", "3.216.0", true],
      ["go1.26.8", "1.25.11", true],
      ["go1.26", "1.25.11", true],
      ["go1.25", "1.25.11", false],
      ["go1.9.7", "1.25.11", false],
      ["devel", "1.25.11", false],
    ] as const) {
      it(`finds ${printed} ${expected ? "new" : "too old"} where ${oldest} is needed`, () => {
        expect(isAtLeast(printed, oldest)).to.equal(expected);
      });
    }
  });

  describe("the cache folder", () => {
    it("follows the system's custom", () => {
      expect(cacheFolder({}, "linux", "/h")).to.equal(join("/h", ".cache", "pulumi-apsaramq-mqtt"));
      expect(cacheFolder({}, "darwin", "/h")).to.equal(join("/h", "Library", "Caches", "pulumi-apsaramq-mqtt"));
      expect(cacheFolder({ LOCALAPPDATA: "/l" }, "win32", "/h")).to.equal(join("/l", "pulumi-apsaramq-mqtt"));
      expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "linux", "/h")).to.equal(join("/x", "pulumi-apsaramq-mqtt"));
    });
  });

  describe("installing", () => {
    let folder: string;
    let target: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "apsaramq-mqtt-"));
      target = join(folder, "cli");
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("is done by one of several that want it", async () => {
      let installs = 0;
      const install = async (into: string) => {
        installs++;
        await mkdir(into);
      };
      await Promise.all([installOnce(target, install), installOnce(target, install)]);
      expect(installs).to.equal(1);
      expect(await exists(target)).to.equal(true);
    });

    it("leaves nothing half-made in place, and can be tried again", async () => {
      const failing = async (into: string) => {
        await mkdir(into);
        throw new Error("disk full");
      };
      const error = await installOnce(target, failing).catch((e) => e);
      expect(error.message).to.equal("disk full");
      expect(await exists(target)).to.equal(false);
      await installOnce(target, async (into) => void (await mkdir(into)));
      expect(await exists(target)).to.equal(true);
    });

    it("takes over from an installation that was killed", async () => {
      await writeFile(`${target}.lock`, "");
      const anHourAgo = new Date(Date.now() - 3_600_000);
      await utimes(`${target}.lock`, anHourAgo, anHourAgo);
      await installOnce(target, async (into) => void (await mkdir(into)));
      expect(await exists(target)).to.equal(true);
    });
  });

  describe("the environment of the Go build", () => {
    it("overrides flags of the user that change the build", () => {
      expect(goEnvironment({ HOME: "/h", GOFLAGS: "-mod=vendor" }, "/c").GOFLAGS).to.equal("-buildvcs=false");
    });

    it("keeps Go's own folders for a user with a home", () => {
      expect(goEnvironment({ HOME: "/h" }, "/c")).not.to.have.any.keys("GOPATH", "GOCACHE");
    });

    it("gives Go folders inside the cache when there is no home", function () {
      if (process.platform === "win32") this.skip();
      const { GOPATH, GOCACHE } = goEnvironment({ HOME: "" }, "/c");
      expect({ GOPATH, GOCACHE }).to.deep.equal({ GOPATH: join("/c", "go"), GOCACHE: join("/c", "go-build") });
    });
  });
});
