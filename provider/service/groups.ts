import { actions } from "./actions";
import type { Call } from "./client";
import { Listing } from "./listing";
import type { WalkContext } from "./walk";

/** Groups of devices: one listing for each instance, which the service gives whole. */
export class Groups {
  readonly #listings = new Map<string, Listing<true>>();

  constructor(
    private readonly call: Call,
    private readonly context: WalkContext,
  ) {}

  /** Whether the instance has the group, as listed at most `maxAgeMs` ago. */
  async has(instanceId: string, groupId: string, maxAgeMs: number): Promise<boolean> {
    const groups = await this.#listing(instanceId).all(maxAgeMs);
    return groups.has(groupId);
  }

  #listing(instanceId: string): Listing<true> {
    const listing = this.#listings.get(instanceId) ?? this.#newListing(instanceId);
    this.#listings.set(instanceId, listing);
    return listing;
  }

  #newListing(instanceId: string): Listing<true> {
    const object = `instance ${instanceId}`;
    return new Listing({
      ...this.context,
      page: async () => {
        const groupIds = await this.call(actions.listGroups, { instanceId }, object);
        return { entries: groupIds.map((groupId) => [groupId, true]) };
      },
      pageSize: Number.POSITIVE_INFINITY,
      totalEndsIt: false,
      singleFindsAll: false,
      object,
    });
  }
}
