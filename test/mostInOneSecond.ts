/**
 * How many of some times, in milliseconds, lie within the fullest second.
 *
 * @param notedLateMs how late each may have been noted, at most: what was noted within a second less that has certainly
 * been within a second
 */
export function mostInOneSecond(times: readonly number[], notedLateMs = 0): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, time, index) => {
    while (time - (sorted[first] ?? time) >= 1000 - notedLateMs) first++;
    return Math.max(most, index - first + 1);
  }, 0);
}
