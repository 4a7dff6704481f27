import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net, { type NetConnectOpts, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What the chain of Alibaba Cloud's SDKs and the way to it depend on. */
const deciding = /^(alibaba_cloud_|alicloud_)|_proxy$/i;

/** This machine as an operator's who has given no keys yet: a home of its own, no variables, and no metadata server. */
export class OperatorMachine {
  readonly home = mkdtempSync(join(tmpdir(), "operator-"));
  readonly #before = { ...process.env };
  readonly #connect = net.connect;

  constructor() {
    for (const name of Object.keys(process.env).filter((one) => deciding.test(one))) {
      delete process.env[name];
    }
    Object.assign(process.env, { HOME: this.home, ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" });
  }

  /** Writes a file of the home; gives its path. */
  write(name: string, content: string | object): string {
    const file = join(this.home, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  writeCli(current: string, ...profiles: readonly object[]): string {
    return this.write(".aliyun/config.json", { current, profiles });
  }

  writeIni(...lines: readonly string[]): string {
    return this.write(".alibabacloud/credentials", lines.join("\n"));
  }

  /** Lets the machine be one of the cloud: what it sends to its metadata server goes to a stand-in. */
  attachMetadataServer(standIn: string): void {
    delete process.env.ALIBABA_CLOUD_ECS_METADATA_DISABLED;
    const { hostname, port } = new URL(standIn);
    const connect = (options: NetConnectOpts, ...rest: (() => void)[]): Socket => {
      const isMetadata = "host" in options && options.host === "100.100.100.200";
      return this.#connect(isMetadata ? { ...options, host: hostname, port: Number(port) } : options, ...rest);
    };
    Object.assign(net, { connect });
  }

  /** Puts everything back. */
  leave(): void {
    Object.assign(net, { connect: this.#connect });
    for (const name of Object.keys(process.env)) {
      delete process.env[name];
    }
    Object.assign(process.env, this.#before);
    rmSync(this.home, { recursive: true, force: true });
  }
}
