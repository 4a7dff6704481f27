/**
 * Topics and topic filters of MQTT: levels between slashes, of which the first is the parent topic that the owner of an
 * instance creates.
 */

/** 3 to 64 characters with all subtopics (documented). What addresses one client after `/p2p/` comes on top (assumed). */
function isOfAllowedLength(text: string): boolean {
  const { length } = text.replace(/\/p2p\/[^/]+$/, "");
  return length >= 3 && length <= 64;
}

export function isTopic(text: string): boolean {
  return isOfAllowedLength(text) && !/[+#\0]/.test(text);
}

/** A topic whose levels after the first may be wildcards: `+` for one level, `#` for the rest. */
export function isTopicFilter(text: string): boolean {
  const [parent, ...levels] = text.split("/");
  return (
    isOfAllowedLength(text) &&
    !/[+#]/.test(parent ?? "") &&
    levels.every(
      (level, index) => !/[+#]/.test(level) || level === "+" || (level === "#" && index === levels.length - 1),
    ) &&
    !text.includes("\0")
  );
}

export function parentTopicOf(topic: string): string {
  return topic.split("/", 1)[0] ?? "";
}

/** Whether everything that `wanted`, a topic or filter, stands for is in what `filter` stands for. */
export function covers(filter: string, wanted: string): boolean {
  const levels = wanted.split("/");
  for (const [index, level] of filter.split("/").entries()) {
    if (level === "#") return true;
    const other = levels[index];
    if (other === undefined || other === "#" || (level !== "+" && level !== other)) return false;
  }
  return filter.split("/").length === levels.length;
}

/** Whether there is a topic that both filters stand for. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [one.split("/"), other.split("/")];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    if (a[index] === "#" || b[index] === "#") return true;
    if (a[index] === undefined || b[index] === undefined) return false;
    if (a[index] !== b[index] && a[index] !== "+" && b[index] !== "+") return false;
  }
  return true;
}
