import { groupIdOf } from "../../kinds/clientId";
import type { CreateGuard } from "../../kinds/configuration";
import type { Claims } from "../../machine/claims";
import { isProviderError, isUnclear, kindOf } from "../errors";
import { absentIsUndefined } from "./absent";
import { actions, type Credential, type DeviceRef, type GroupRef, type Page } from "./actions";
import type { CallOptions, Client } from "./client";
import type { Groups } from "./groups";
import { Listing, type Sighted } from "./listing";
import { repeated } from "./repeated";
import { settled } from "./settled";
import type { WalkContext } from "./walk";

export type { Credential, DeviceRef, GroupRef };

/** The largest page that ListDeviceCredentialClientId accepts. */
const pageSize = 100;
/** How old the list of groups may be that tells a missing group from a missing right. */
const groupListingAgeMs = 2_000;

/**
 * How a registration makes sure that the device has no credential: by a look right before, by the listing of its group,
 * or by one that the caller has seen, when its first page was asked for. One older than `listingAgeMs` proves nothing.
 */
export type Guard = CreateGuard | { readonly absentAt: number };

/** How old a listing may be by which devices are registered in a row. */
export const listingAgeMs = 5_000;

/** The credential that a device has in the end, and whether it is another one than ours. */
export interface Registration {
  readonly credential: Credential;
  readonly existed: boolean;
  /** How long it took from the look at the device to the answer of the registration. */
  readonly tookMs: number;
}

/** What a listing tells of a device: the listing of the service holds client ids only, a single lookup the credential. */
export interface ListedCredential {
  readonly credential?: Credential;
}

/** Credentials of devices: the calls, each write settled, and the listings of this run. */
export class DeviceCredentials {
  readonly #listings = new Map<string, Listing<ListedCredential>>();

  constructor(
    private readonly client: Pick<Client, "call" | "admit">,
    private readonly groups: Groups,
    private readonly context: WalkContext,
    private readonly claims: Claims,
    /** Where the instances are: two emulators may each have one of the same id. */
    private readonly place: string,
  ) {}

  /** The device in its group's listing, seen at most `maxAgeMs` ago, or undefined. Free of charge, but in a large group. */
  listed(device: DeviceRef, maxAgeMs: number): Promise<ListedCredential | undefined> {
    return this.#listing(device).lookup(device.clientId, maxAgeMs, () => this.#lookUp(device));
  }

  /** The credential, or undefined when the device has none. Billed. */
  get(device: DeviceRef, options?: CallOptions): Promise<Credential | undefined> {
    return this.#absentIsUndefined(
      groupOf(device),
      this.client.call(actions.getDeviceCredential, device, text(device), options),
    );
  }

  /**
   * Issues a credential to a device that has none, or gives the one that it has. Registering replaces a credential
   * that is there, so this looks right before; a look that finds nothing is not billed (documented for successful
   * calls only). On one machine one process does so at a time. What remains is the time that it took, in which somebody
   * on another machine may do the same.
   *
   * @param registers told right before a registration is sent
   */
  registerIfAbsent(device: DeviceRef, guard: Guard, registers?: () => void): Promise<Registration> {
    let isSent = false;
    const noteSent = () => {
      isSent = true;
      registers?.();
    };
    const what = `${this.place} ${text(device)}`;
    const attempt = (begins: () => void) => {
      isSent = false;
      const work = () => this.#lookAndRegister(device, guard, begins, noteSent);
      return this.claims.during(what, work, this.context.signal);
    };
    // Each repetition looks anew: what was seen before a pause counts for nothing. The look by itself has been repeated
    // as long as it is worth it.
    return repeated(attempt, ({ error }) => isSent && isPassing(error), this.context.signal);
  }

  async #lookAndRegister(
    device: DeviceRef,
    guard: Guard,
    begins: () => void,
    noteSent: () => void,
  ): Promise<Registration> {
    const isOutOfDate = () => typeof guard === "object" && this.context.now() - guard.absentAt > listingAgeMs;
    const isListedAbsent =
      guard !== "get" &&
      !isOutOfDate() &&
      (guard !== "listing" || !(await this.#listing(device).lookupSurely(device.clientId, () => this.#lookUp(device))));
    // Both in one go: between the two the registration must not wait in the queue of the limiter.
    const { getDeviceCredential, registerDeviceCredential } = actions;
    const admitBoth = () => this.client.admit(getDeviceCredential, text(device), 2);
    await (isListedAbsent ? this.client.admit(registerDeviceCredential, text(device), 1) : admitBoth());
    const isAbsent = isListedAbsent && !isOutOfDate();
    if (isListedAbsent && !isAbsent) {
      // Its turn of before is given up: what is sent long after its turn leaves beside others that have theirs.
      await admitBoth();
    }
    begins();
    const startedAt = this.context.now();
    const result = (credential: Credential, existed: boolean): Registration => ({
      credential,
      existed,
      tookMs: this.context.now() - startedAt,
    });
    const existing = isAbsent ? undefined : await this.get(device, { isAdmitted: true });
    if (existing) {
      return result(existing, true);
    }
    noteSent();
    try {
      return result(await this.#register(device), false);
    } catch (error) {
      const winner = kindOf(error) === "Conflict" ? await this.get(device) : undefined;
      if (winner) {
        return result(winner, true);
      }
      throw error;
    }
  }

  async #lookUp(device: DeviceRef): Promise<ListedCredential | undefined> {
    const credential = await this.get(device);
    return credential && { credential };
  }

  async #register(device: DeviceRef): Promise<Credential> {
    let isAdmitted = true;
    const credential = await settled(
      () => {
        const sent = this.client.call(actions.registerDeviceCredential, device, text(device), {
          isAdmitted,
          once: true,
        });
        isAdmitted = false;
        return sent;
      },
      () => this.get(device),
      this.context.signal,
    );
    this.#listing(device).note(device.clientId, { credential });
    return credential;
  }

  /** Issues a new secret; `isNew` tells it from the one that it replaces. */
  refresh(device: DeviceRef, isNew: (found: Credential | undefined) => boolean): Promise<Credential> {
    return settled(
      () => this.client.call(actions.refreshDeviceCredential, device, text(device)),
      async () => {
        const credential = await this.get(device);
        return isNew(credential) ? credential : undefined;
      },
      this.context.signal,
    );
  }

  /** Withdraws the credential. False when the service says that there was none. */
  async unregister(device: DeviceRef): Promise<boolean> {
    const wasThere = await settled(
      async () => {
        const call = this.client.call(actions.unregisterDeviceCredential, device, text(device)).then(() => true);
        return (await this.#absentIsUndefined(groupOf(device), call)) ?? false;
      },
      async () => !(await this.get(device)) || undefined,
      this.context.signal,
    );
    this.#listing(device).note(device.clientId, undefined);
    return wasThere;
  }

  /** Whether the device has a live session. Billed. */
  async isConnected(device: DeviceRef): Promise<boolean> {
    try {
      return await this.client.call(actions.querySession, device, text(device));
    } catch (error) {
      if (await this.groupIsGone(groupOf(device), error)) {
        return false;
      }
      throw error;
    }
  }

  /** Drops the device's live session, if it has one. */
  async closeConnection(device: DeviceRef): Promise<void> {
    const isOffline = async () => !(await this.isConnected(device));
    try {
      await settled(
        () => this.client.call(actions.closeConnection, device, text(device)),
        async () => (await isOffline()) || undefined,
        this.context.signal,
      );
    } catch (error) {
      // What the service answers for a device without a session is not documented, so a refusal is checked.
      if (!(await this.groupIsGone(groupOf(device), error)) && !(await isOffline())) {
        throw error;
      }
    }
  }

  /** Which devices of a group have a credential, as listed from now on. */
  sighted(group: GroupRef): Promise<Sighted> {
    return this.#listingOf(group).sighted(0);
  }

  /** The devices of a group that have a credential, as listed at most `maxAgeMs` ago. */
  async clientIdsIn(group: GroupRef, maxAgeMs: number): Promise<string[]> {
    return [...(await this.#listingOf(group).all(maxAgeMs)).keys()];
  }

  /** The same, or an error when one cannot be read. */
  async allClientIdsIn(group: GroupRef, maxAgeMs: number): Promise<string[]> {
    return [...(await this.#listingOf(group).whole(maxAgeMs)).keys()];
  }

  #listing(device: DeviceRef): Listing<ListedCredential> {
    return this.#listingOf(groupOf(device));
  }

  #listingOf({ instanceId, groupId }: GroupRef): Listing<ListedCredential> {
    const key = JSON.stringify([instanceId, groupId]);
    const listing = this.#listings.get(key) ?? this.#newListing({ instanceId, groupId });
    this.#listings.set(key, listing);
    return listing;
  }

  #newListing(group: GroupRef): Listing<ListedCredential> {
    const { instanceId, groupId } = group;
    const object = `group ${groupId} on instance ${instanceId}`;
    return new Listing({
      ...this.context,
      page: async (pageNo, nextToken) => {
        const call = this.client.call(
          actions.listDeviceCredentials,
          { instanceId, groupId, pageNo, pageSize, nextToken },
          object,
        );
        // A group that vanishes between two pages proves nothing about the devices of the first.
        const page = pageNo === 1 ? ((await this.#absentIsUndefined(group, call)) ?? emptyPage) : await call;
        return { ...page, entries: page.items.map((clientId) => [clientId, {}]) };
      },
      pageSize,
      totalEndsIt: true,
      singleFindsAll: true,
      object,
    });
  }

  /** The result, or undefined when the device has no credential or its whole group is gone. */
  async #absentIsUndefined<Result>(group: GroupRef, call: Promise<Result>): Promise<Result | undefined> {
    try {
      return await absentIsUndefined(call);
    } catch (error) {
      if (await this.groupIsGone(group, error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** What is asked of a group that does not exist may fail for want of permission; only the list of groups tells the two apart. */
  async groupIsGone({ instanceId, groupId }: GroupRef, error: unknown): Promise<boolean> {
    if (!isProviderError(error) || error.code !== "PermissionCheckFailed") {
      return false;
    }
    return this.groups.has(instanceId, groupId, groupListingAgeMs).then(
      (isThere) => !isThere,
      () => false,
    );
  }
}

/** A refusal that may not be met again, after which nothing was done. */
function isPassing(error: unknown): boolean {
  return kindOf(error) === "Throttled" || (kindOf(error) === "Transient" && !isUnclear(error));
}

const emptyPage: Page<string> = { items: [], total: 0 };

function groupOf({ instanceId, clientId }: DeviceRef): GroupRef {
  return { instanceId, groupId: groupIdOf(clientId) };
}

function text({ instanceId, clientId }: DeviceRef): string {
  return `${clientId} on instance ${instanceId}`;
}
