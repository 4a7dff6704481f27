import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ReadRequest, type ReadResponse } from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { onCancel } from "../../provider/cancelWatch";

/** Pulumi's own provider process, called as the engine calls it, with a provider that counts cancellations. */
class ProviderProcess {
  readonly #process: ChildProcess;
  readonly #client: ResourceProviderClient;

  private constructor(process: ChildProcess, port: string) {
    this.#process = process;
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  static async start(): Promise<ProviderProcess> {
    const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const started = spawn(process.execPath, ["--import", "tsx", script, "127.0.0.1:1"], {
      cwd: __dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = await once(started.stdout, "data");
    return new ProviderProcess(started, String(port).trim());
  }

  async cancellations(id = "now"): Promise<unknown> {
    const request = new ReadRequest();
    request.setId(id);
    const __provider = 'exports.handler=()=>require("./cancelledProcess.ts").cancelCounter;';
    request.setProperties(Struct.fromJavaScript({ __provider }));
    const read = promisify<ReadRequest, ReadResponse>(this.#client.read.bind(this.#client));
    return (await read(request)).getProperties()?.toJavaScript().cancellations;
  }

  async cancel(): Promise<void> {
    await promisify<Empty, Empty>(this.#client.cancel.bind(this.#client))(new Empty());
  }

  async getPluginInfo(): Promise<void> {
    await promisify<Empty, unknown>(this.#client.getPluginInfo.bind(this.#client))(new Empty());
  }

  async end(): Promise<void> {
    this.#client.close();
    this.#process.kill();
    await once(this.#process, "exit");
  }
}

describe("onCancel", () => {
  describe("in a provider process", () => {
    let provider: ProviderProcess;
    beforeEach(async () => {
      provider = await ProviderProcess.start();
    });
    afterEach(() => provider.end());

    it("calls back when the engine cancels, while a verb is at work, and once only", async () => {
      expect(await provider.cancellations()).to.equal(0);
      const verb = provider.cancellations("wait");
      await provider.cancel();
      expect(await verb).to.equal(1);
      await provider.cancel();
      expect(await provider.cancellations()).to.equal(1);
    });

    it("does not for the engine's other calls", async () => {
      expect(await provider.cancellations()).to.equal(0);
      await provider.getPluginInfo();
      expect(await provider.cancellations()).to.equal(0);
    });
  });

  it("leaves a process without such a server alone", () => {
    const server = createServer();
    onCancel(() => expect.fail("nothing was cancelled"), [undefined, {}, server]);
    expect(server.eventNames()).to.not.include("stream");
    expect(() => onCancel(() => {})).to.not.throw();
  });
});
