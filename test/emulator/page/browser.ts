import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator/index";
import { VendorClient } from "../harness";

/** The Chromium to test with: `CHROMIUM`, Debian's, or whatever the path has. */
function chromiumPath(): string | undefined {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) return CHROMIUM;
  if (existsSync("/usr/bin/chromium")) return "/usr/bin/chromium";
  for (const name of ["chromium", "google-chrome", "chromium-browser"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A suite in one browser, or one line on why it is skipped. */
export function describeInBrowser(title: string, suite: (browser: BrowserFixture) => void): void {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    describe.skip(`${title} (skipped: no Chromium; install it, or name one in CHROMIUM)`, () => it("needs a browser"));
    return;
  }
  describe(title, function () {
    this.timeout(20_000);
    suite(new BrowserFixture(executablePath));
  });
}

/** One browser for a suite; for each test an emulator and a page that shows it. */
export class BrowserFixture {
  /** What any page was sent, with its address. */
  readonly answers: { readonly url: string; readonly body: string }[] = [];
  /** What scripts threw or complained about. */
  readonly complaints: string[] = [];
  /** Requests that went elsewhere. */
  readonly strayRequests: string[] = [];
  readonly #reads: Promise<unknown>[] = [];
  #context: BrowserContext | undefined;
  #emulator: Emulator | undefined;
  #page: Page | undefined;

  constructor(executablePath: string) {
    const userData = mkdtempSync(join(tmpdir(), "emulator-page-"));
    before(async () => {
      this.#context = await chromium.launchPersistentContext(userData, { executablePath, args: flags, headless: true });
      await this.#context.grantPermissions(["clipboard-read", "clipboard-write"]);
    });
    after(async () => {
      await this.#context?.close();
      rmSync(userData, { recursive: true, force: true });
    });
    afterEach(async () => {
      const [complaints, strayRequests] = [[...this.complaints], [...this.strayRequests]];
      await this.#page?.close();
      await this.#emulator?.close();
      expect(complaints, "what the browser complained about").to.deep.equal([]);
      expect(strayRequests, "requests that left the page").to.deep.equal([]);
    });
    beforeEach(() => {
      this.answers.length = 0;
      this.complaints.length = 0;
      this.strayRequests.length = 0;
    });
  }

  /** Starts an emulator and opens its page. */
  async open(options: EmulatorOptions = {}, prepare: (page: Page) => Promise<void> = async () => {}): Promise<Page> {
    if (this.#context === undefined) throw new Error("the browser runs within a test only");
    this.#emulator = await startEmulator(options);
    const { endpoint } = this.#emulator;
    const page = await this.#context.newPage();
    this.#page = page;
    await prepare(page);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      // That a request was refused or lost is noted by the browser too; a test that brings it about looks at the page.
      const isOfRequest = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isOfRequest) this.complaints.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`${endpoint}/_emulator/`)) this.strayRequests.push(request.url());
    });
    page.on("response", (response) => {
      // A body that is gone with its page was never shown.
      const note = (body: string) => this.answers.push({ url: response.url(), body });
      if (response.status() !== 304) this.#reads.push(response.text().then(note, () => {}));
    });
    await page.goto(`${endpoint}/_emulator/`);
    await page.locator("#state", { hasText: "Live" }).waitFor();
    return page;
  }

  /** Resolves when all answers that have come so far are noted: a page may show one before. */
  async answersNoted(): Promise<void> {
    await Promise.all(this.#reads.splice(0));
  }

  get emulator(): Emulator {
    if (this.#emulator === undefined) throw new Error("the emulator runs within a test only");
    return this.#emulator;
  }

  get client(): VendorClient {
    return new VendorClient(this.emulator.endpoint, this.emulator);
  }
}
