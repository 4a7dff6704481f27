/** Items by what they have in common. */
export function grouped<One, Key>(items: readonly One[], keyOf: (item: One) => Key): Map<Key, One[]> {
  const groups = new Map<Key, One[]>();
  for (const item of items) {
    append(groups, keyOf(item), item);
  }
  return groups;
}

/** Puts an item to those that have the same in common. */
export function append<One, Key>(groups: Map<Key, One[]>, key: Key, item: One): void {
  const group = groups.get(key);
  group ? group.push(item) : groups.set(key, [item]);
}
