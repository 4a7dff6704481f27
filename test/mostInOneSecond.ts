/** How many of some times, in milliseconds, lie within the fullest second. */
export function mostInOneSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, time, index) => {
    while (time - (sorted[first] ?? time) >= 1000) first++;
    return Math.max(most, index - first + 1);
  }, 0);
}
