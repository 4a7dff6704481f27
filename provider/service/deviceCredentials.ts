import { splitClientId } from "../clientId";
import { kindOf } from "../errors";
import { absentIsUndefined } from "./absent";
import { actions, type Credential, type DeviceRef } from "./actions";
import type { Call } from "./client";
import { Listing } from "./listing";
import { settled } from "./settled";

export type { Credential, DeviceRef };

/** The largest page that ListDeviceCredentialClientId accepts. */
const pageSize = 100;

/** What a listing tells of a device: the listing of the service holds client ids only, a single lookup the credential. */
export interface ListedCredential {
  readonly credential?: Credential;
}

/** Credentials of devices: the calls, each write settled, and the listings of this run. */
export class DeviceCredentials {
  readonly #listings = new Map<string, Listing<ListedCredential>>();

  constructor(
    private readonly call: Call,
    private readonly now: () => number,
    private readonly progress: (text: string) => void,
  ) {}

  /** The device in its group's listing, seen at most `maxAgeMs` ago, or undefined. Free of charge, but in a large group. */
  listed(device: DeviceRef, maxAgeMs: number): Promise<ListedCredential | undefined> {
    return this.#listing(device).lookup(device.clientId, maxAgeMs, async () => {
      const credential = await this.get(device);
      return credential && { credential };
    });
  }

  /** The credential, or undefined when the device has none. Billed. */
  get(device: DeviceRef): Promise<Credential | undefined> {
    return absentIsUndefined(this.call(actions.getDeviceCredential, device, text(device)));
  }

  /** Issues a credential. Replaces one that is there, so look first. */
  async register(device: DeviceRef): Promise<Credential> {
    const credential = await settled(
      () => this.call(actions.registerDeviceCredential, device, text(device)),
      () => this.get(device),
    );
    this.#listing(device).note(device.clientId, { credential });
    return credential;
  }

  /** Issues a new secret in place of the given one. */
  refresh(device: DeviceRef, replacedSecret: string): Promise<Credential> {
    return settled(
      () => this.call(actions.refreshDeviceCredential, device, text(device)),
      async () => {
        const credential = await this.get(device);
        return credential?.deviceAccessKeySecret === replacedSecret ? undefined : credential;
      },
    );
  }

  /** Withdraws the credential; nothing to do when there is none. */
  async unregister(device: DeviceRef): Promise<void> {
    await settled(
      () => absentIsUndefined(this.call(actions.unregisterDeviceCredential, device, text(device))),
      async () => !(await this.get(device)) || undefined,
    );
    this.#listing(device).note(device.clientId, undefined);
  }

  /** Drops the device's live session, if it has one. */
  async closeConnection(device: DeviceRef): Promise<void> {
    const isOffline = async () => !(await this.call(actions.querySession, device, text(device)));
    try {
      await settled(
        () => this.call(actions.closeConnection, device, text(device)),
        async () => (await isOffline()) || undefined,
      );
    } catch (error) {
      // What the service answers for a device without a session is not documented, so a refusal is checked.
      if (!(await isOffline())) {
        throw error;
      }
    }
  }

  #listing({ instanceId, clientId }: DeviceRef): Listing<ListedCredential> {
    const groupId = splitClientId(clientId)?.groupId ?? clientId;
    const key = JSON.stringify([instanceId, groupId]);
    const listing = this.#listings.get(key) ?? this.#newListing(instanceId, groupId);
    this.#listings.set(key, listing);
    return listing;
  }

  #newListing(instanceId: string, groupId: string): Listing<ListedCredential> {
    const object = `group ${groupId} on instance ${instanceId}`;
    return new Listing({
      page: async (pageNo, nextToken) => {
        const request = { instanceId, groupId, pageNo, pageSize, nextToken };
        const page = await this.call(actions.listDeviceCredentials, request, object).catch(async (error: unknown) => {
          if (await this.#groupIsGone(instanceId, groupId, error)) {
            return { items: [], total: 0, nextToken: undefined };
          }
          throw error;
        });
        // Whether the total counts the group or the page is not documented: a total within one page proves nothing.
        const totalReached = page.total > pageSize && pageNo * pageSize >= page.total;
        return {
          entries: page.items.map((clientId) => [clientId, {}]),
          pages: Math.ceil(page.total / pageSize),
          last: page.items.length === 0 || (!page.nextToken && (page.items.length < pageSize || totalReached)),
          nextToken: page.nextToken,
        };
      },
      object,
      now: this.now,
      progress: this.progress,
    });
  }

  /** The listing of a group that does not exist fails for want of permission; only the list of groups tells the two apart. */
  async #groupIsGone(instanceId: string, groupId: string, error: unknown): Promise<boolean> {
    if (kindOf(error) !== "Unauthorized") {
      return false;
    }
    const groups = this.call(actions.listGroups, { instanceId }, `instance ${instanceId}`);
    return groups.then(
      (found) => !found.includes(groupId),
      () => false,
    );
  }
}

function text({ instanceId, clientId }: DeviceRef): string {
  return `${clientId} on instance ${instanceId}`;
}
