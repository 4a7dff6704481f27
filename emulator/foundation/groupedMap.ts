import { type ReadonlySortedMap, SortedMap } from "./sortedMap";

const nothing: ReadonlySortedMap<never> = new SortedMap<never>();

/**
 * Sorted maps by the name of a group: credentials of a device group, certificates of a CA. A group is there as long as
 * it has a record, so asking for any group leaves nothing behind.
 */
export class GroupedMap<V> {
  readonly #groups = new SortedMap<SortedMap<V>>();
  #size = 0;
  #listener: ((value: V | undefined, group: string, key?: string) => void) | undefined;

  /** Tells every change from now on: the new value, or undefined for what is deleted; a group as a whole has no key. */
  watch(listener: (value: V | undefined, group: string, key?: string) => void): void {
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
    records.set(key, value);
    this.#size += records.size - sizeBefore;
    if (sizeBefore === 0) this.#groups.set(group, records);
    this.#listener?.(value, group, key);
  }

  delete(group: string, key: string): boolean {
    const records = this.#groups.get(group);
    if (records === undefined || !records.delete(key)) return false;
    this.#size--;
    if (records.size === 0) this.#groups.delete(group);
    this.#listener?.(undefined, group, key);
    return true;
  }

  deleteGroup(group: string): boolean {
    const records = this.#groups.get(group);
    if (records === undefined) return false;
    this.#size -= records.size;
    this.#groups.delete(group);
    this.#listener?.(undefined, group);
    return true;
  }

  /** Values in the order of their groups and keys. */
  values(): V[] {
    return this.#groups.values().flatMap((records) => records.values());
  }
}
