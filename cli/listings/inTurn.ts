/** Does something with each item, some at a time. */
export async function inTurn<One>(
  items: readonly One[],
  atATime: number,
  work: (item: One) => Promise<void>,
): Promise<void> {
  const waiting = [...items].reverse();
  const hand = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, hand));
}
