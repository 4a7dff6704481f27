/** Items by what they have in common, in their order. */
export function grouped<One, Key>(items: readonly One[], keyOf: (item: One) => Key): Map<Key, One[]> {
  const groups = new Map<Key, One[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    group ? group.push(item) : groups.set(key, [item]);
  }
  return groups;
}
