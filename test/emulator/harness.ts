import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index";
import { VendorClient } from "../../tools/emulator/vendorClient";

export * from "../../tools/emulator/vendorClient";

/** One emulator for each test of a suite, and the vendor's client for it. */
export class EmulatorFixture {
  #emulator: Emulator | undefined;
  #client: VendorClient | undefined;

  constructor(options: EmulatorOptions = {}) {
    beforeEach(async () => {
      this.#emulator = await startEmulator(options);
      this.#client = new VendorClient(this.#emulator.endpoint, this.#emulator);
    });
    afterEach(() => this.emulator.close());
  }

  get emulator(): Emulator {
    if (this.#emulator === undefined) throw new Error("the emulator runs within a test only");
    return this.#emulator;
  }

  get client(): VendorClient {
    if (this.#client === undefined) throw new Error("the emulator runs within a test only");
    return this.#client;
  }

  get instanceId(): string {
    return this.emulator.instanceIds[0] ?? "";
  }
}
