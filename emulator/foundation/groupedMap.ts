import { type Listener, type ReadonlySortedMap, SortedMap } from "./sortedMap";

const nothing: ReadonlySortedMap<never> = new SortedMap<never>();

type GroupedKeys = readonly [group: string] | readonly [group: string, key: string];

/**
 * Sorted maps by the name of a group: credentials of a device group, certificates of a CA. A group is there as long as
 * it has a record, so asking for any group leaves nothing behind.
 */
export class GroupedMap<V> {
  readonly #groups = new SortedMap<SortedMap<V>>();
  #size = 0;
  #listener: Listener<V, GroupedKeys> | undefined;

  /** Tells every change from now on; a group that is deleted as a whole has no key. */
  watch(listener: Listener<V, GroupedKeys>): void {
    this.#listener = listener;
  }

  /** Records in all groups together. */
  get size(): number {
    return this.#size;
  }

  of(group: string): ReadonlySortedMap<V> {
    return this.#groups.get(group) ?? nothing;
  }

  set(group: string, key: string, value: V): void {
    const records = this.#groups.get(group) ?? new SortedMap<V>();
    const sizeBefore = records.size;
    const before = records.get(key);
    records.set(key, value);
    this.#size += records.size - sizeBefore;
    if (sizeBefore === 0) this.#groups.set(group, records);
    const takeBack = () => void (before === undefined ? this.delete(group, key) : this.set(group, key, before));
    this.#listener?.(value, [group, key], takeBack);
  }

  delete(group: string, key: string): boolean {
    const records = this.#groups.get(group);
    const before = records?.get(key);
    if (records === undefined || before === undefined) return false;
    records.delete(key);
    this.#size--;
    if (records.size === 0) this.#groups.delete(group);
    this.#listener?.(undefined, [group, key], () => this.set(group, key, before));
    return true;
  }

  deleteGroup(group: string): boolean {
    const records = this.#groups.get(group);
    if (records === undefined) return false;
    this.#size -= records.size;
    this.#groups.delete(group);
    this.#listener?.(undefined, [group], () => {
      for (const key of records.keys()) {
        const record = records.get(key);
        if (record !== undefined) this.set(group, key, record);
      }
    });
    return true;
  }

  /** Values in the order of their groups and keys. */
  values(): V[] {
    return this.#groups.values().flatMap((records) => records.values());
  }
}
