import type { AddressInfo } from "node:net";
import { createServer } from "../../emulator/front/server";
import { Service } from "../../emulator/service/service";
import { initialDefaults, type Seed } from "../../emulator/state/seed";
import { VendorClient } from "./harness";

/** Wall clock and emulator's clock stand still at this time. */
export const now = Date.now();

/** One service behind real HTTP for each test of a suite, with its inside within reach: what a broker does to it. */
export class ServiceFixture {
  #service: Service | undefined;
  #client: VendorClient | undefined;

  constructor(seed: () => Seed) {
    let close = async () => {};
    beforeEach(async () => {
      const service = new Service({
        seed: seed(),
        defaults: initialDefaults,
        assumptions: {},
        clock: undefined,
        data: undefined,
        quotas: true,
        wallClock: () => now,
        random: () => 0,
      });
      const server = createServer(service);
      await server.listen({ host: "127.0.0.1", port: 0 });
      const { port } = server.server.address() as AddressInfo;
      close = () => server.close();
      const [accessKey] = service.state.accessKeys.values();
      if (accessKey === undefined) throw new Error("a state has an access key");
      this.#service = service;
      this.#client = new VendorClient(`http://127.0.0.1:${port}`, accessKey);
    });
    afterEach(() => close());
  }

  get service(): Service {
    if (this.#service === undefined) throw new Error("the service runs within a test only");
    return this.#service;
  }

  get client(): VendorClient {
    if (this.#client === undefined) throw new Error("the service runs within a test only");
    return this.#client;
  }
}
