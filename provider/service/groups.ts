import { actions, type Group, type GroupRef, type Tags } from "./actions";
import type { Call } from "./client";
import { Listing } from "./listing";
import { settled, settledRemoval } from "./settled";
import type { WalkContext } from "./walk";

export type { Group, GroupRef };

/** Groups of devices: the calls, each write settled, and one listing for each instance, which the service gives whole. */
export class Groups {
  readonly #listings = new Map<string, Listing<Group>>();

  constructor(
    private readonly call: Call,
    private readonly context: WalkContext,
  ) {}

  /** Whether the instance has the group, as listed at most `maxAgeMs` ago. */
  async has(instanceId: string, groupId: string, maxAgeMs: number): Promise<boolean> {
    return (await this.find({ instanceId, groupId }, maxAgeMs)) !== undefined;
  }

  /** The group, as listed at most `maxAgeMs` ago, or undefined when the instance does not have it. */
  async find({ instanceId, groupId }: GroupRef, maxAgeMs: number): Promise<Group | undefined> {
    return (await this.#listing(instanceId).all(maxAgeMs)).get(groupId);
  }

  /** All groups of the instance, as listed at most `maxAgeMs` ago. */
  async all(instanceId: string, maxAgeMs: number): Promise<Group[]> {
    return [...(await this.#listing(instanceId).all(maxAgeMs)).values()];
  }

  /** The same, or an error when one cannot be read. */
  async whole(instanceId: string, maxAgeMs: number): Promise<Group[]> {
    return [...(await this.#listing(instanceId).whole(maxAgeMs)).values()];
  }

  /** Makes a group; the service refuses to make one that is there. */
  async create({ instanceId, groupId }: GroupRef, tags: Tags): Promise<void> {
    const ref = { instanceId, groupId };
    const made = { groupId, tags };
    await settled(
      async () => {
        await this.call(actions.createGroup, { ...ref, tags }, text(ref));
        return made;
      },
      () => this.find(ref, 0),
      this.context.signal,
    );
    this.#listing(instanceId).note(groupId, made);
  }

  /** Deletes a group; nothing to do when there is none. */
  async delete({ instanceId, groupId }: GroupRef): Promise<void> {
    const ref = { instanceId, groupId };
    const remove = () => this.call(actions.deleteGroup, ref, text(ref));
    await settledRemoval(remove, () => this.find(ref, 0), this.context.signal);
    this.#listing(instanceId).note(groupId, undefined);
  }

  #listing(instanceId: string): Listing<Group> {
    const listing = this.#listings.get(instanceId) ?? this.#newListing(instanceId);
    this.#listings.set(instanceId, listing);
    return listing;
  }

  #newListing(instanceId: string): Listing<Group> {
    const object = `instance ${instanceId}`;
    return new Listing({
      ...this.context,
      page: async () => {
        const page = await this.call(actions.listGroups, { instanceId }, object);
        return { ...page, entries: page.items.map((group) => [group.groupId, group]) };
      },
      pageSize: Number.POSITIVE_INFINITY,
      totalEndsIt: false,
      singleFindsAll: false,
      object,
    });
  }
}

function text({ instanceId, groupId }: GroupRef): string {
  return `group ${groupId} on instance ${instanceId}`;
}
