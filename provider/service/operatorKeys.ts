import { homedir } from "node:os";
import type * as library from "@alicloud/credentials";
import type { OperatorKeys as KeySource } from "../settings";
import { type AskedHost, carryCredentialRequests, notingAskedHosts } from "./credentialRequests";
import { whyNoKeys } from "./keyFaults";

/** What requests are signed with. */
export interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
}

/** No keys could be had. The message names the source and the cause, and quotes no file. */
export class NoKeysError extends Error {
  override readonly name = "NoKeysError";
}

/** How long keys are used before the vendor's library is asked whether they have to be renewed, which it does 15 minutes early. */
const renewalLookMs = 60_000;
/** How long it is remembered that no other keys were found than those that the service refused. */
const refusedMs = 10_000;

/**
 * The operator's keys, for all calls of the process. However many calls ask at once, one resolution is under way at a
 * time, renewals included: parallel ones confuse the vendor's default chain, which notes the source that it is about to
 * try as the one to use. A resolution that failed is not remembered. Keys stay in use while they cannot be renewed, until
 * the service refuses them, and never give way to those of another source, which may be another account's.
 */
export class OperatorKeys {
  #chain: library.default | undefined;
  #known: { readonly keys: Keys; readonly sourceName: string | undefined; readonly at: number } | undefined;
  #refused: { readonly keys: Keys; readonly at: number } | undefined;
  #resolving: Promise<Keys> | undefined;

  constructor(
    private readonly source: KeySource,
    private readonly now: () => number,
  ) {}

  /** What the vendor's library calls the source of the keys that it found. */
  get sourceName(): string | undefined {
    return this.#known?.sourceName;
  }

  /** The keys as they are now; throws `NoKeysError`. */
  async current(): Promise<Keys> {
    if (this.source.from === "keys") {
      return this.source;
    }
    return this.#known && this.now() - this.#known.at < renewalLookMs ? this.#known.keys : this.#resolve();
  }

  /** The same without a wait once there are some; what has to be renewed is renewed meanwhile. */
  async atOnce(): Promise<Keys> {
    const current = this.current();
    return this.#known?.keys ?? current;
  }

  /** Other keys than those that the service has just refused, or undefined when there are none. */
  async insteadOf(refused: Keys): Promise<Keys | undefined> {
    if (this.source.from === "keys") {
      return undefined;
    }
    await this.#resolving?.catch(() => {});
    if (this.#known && isSame(this.#known.keys, refused) && !this.#isKnownAsRefused(refused)) {
      // What the library holds is of no use: a file may have been renewed since it was read.
      this.#chain = undefined;
      await this.#resolve();
    }
    const known = this.#known?.keys;
    if (known && isSame(known, refused)) {
      this.#refused = { keys: refused, at: this.now() };
      return undefined;
    }
    return known;
  }

  #isKnownAsRefused(keys: Keys): boolean {
    return this.#refused !== undefined && isSame(this.#refused.keys, keys) && this.now() - this.#refused.at < refusedMs;
  }

  #resolve(): Promise<Keys> {
    this.#resolving ??= this.#ask().finally(() => {
      this.#resolving = undefined;
    });
    return this.#resolving;
  }

  async #ask(): Promise<Keys> {
    const asked: AskedHost[] = [];
    try {
      this.#chain ??= connect(this.source);
      const chain = this.#chain;
      const found = await notingAskedHosts(asked, () => chain.getCredential());
      const { accessKeyId, accessKeySecret, securityToken, providerName: sourceName } = found;
      if (!accessKeyId || !accessKeySecret) {
        throw new Error("half a pair is none");
      }
      if (this.#known && this.#known.sourceName !== sourceName) {
        throw new Error("the source of the keys in use gives none");
      }
      const keys = { accessKeyId, accessKeySecret, securityToken };
      this.#known = { keys, sourceName, at: this.now() };
      return keys;
    } catch {
      // After a failure the library's chain stays with the source that it tried last. Its message may quote a file, keys
      // included, so it is dropped.
      this.#chain = undefined;
      if (this.#known) {
        this.#known = { ...this.#known, at: this.now() };
        return this.#known.keys;
      }
      throw new NoKeysError(whyNoKeys(this.source, process.env, homedir(), asked));
    }
  }
}

function connect(source: KeySource): library.default {
  // Loaded when keys are looked for: with keys in the configuration it never is.
  const { default: Credential, CLIProfileCredentialsProvider }: typeof library = require("@alicloud/credentials");
  carryCredentialRequests();
  return source.from === "profile"
    ? new Credential(null, CLIProfileCredentialsProvider.builder().withProfileName(source.profile).build())
    : new Credential();
}

function isSame(one: Keys, other: Keys): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.accessKeySecret === other.accessKeySecret &&
    one.securityToken === other.securityToken
  );
}
