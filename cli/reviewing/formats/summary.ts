import { counted, firstOf, withCommas } from "../../../kinds/words";
import { readable } from "../../reports/words";
import type { Change, Report } from "../report";

/** What the up comes to, in one sentence. */
export function summary(report: Report): string {
  const { total, billed, leastSeconds, requestsPerSecond } = report.calls;
  const time = requestsPerSecond > 0 ? `, at least ${leastSeconds} s at ${requestsPerSecond} a second` : "";
  const costs = `; about ${counted(total, "API call")}, ${withCommas(billed)} billed${time}.`;
  return report.changes.length === 0 ? headline(report) : `${headline(report)}${costs}`;
}

/** The same without its cost. */
export function headline({ stack, counts, changes, online, removals, rotations }: Report): string {
  if (changes.length === 0) {
    return `${stack}: nothing changes for devices.`;
  }
  const words = Object.entries(counts).map(([type, count]) => `${withCommas(count)} ${typeWords(type)}`);
  // A fleet or a group is one change, and many devices.
  const leaving = removals.least > changes.filter(({ removes }) => removes > 0).length;
  const many = [
    ...(leaving ? [`${counted(removals.least, "object")} in all leave the service`] : []),
    ...(rotations.least > (counts.rotated ?? 0) ? [`${counted(rotations.least, "new secret")} in all`] : []),
  ];
  const connected =
    online === undefined
      ? ""
      : `; ${counted(online, "device that loses its login", "devices that lose their login")} connected now`;
  return `${[`${stack}: ${words.join(", ")}`, ...many].join("; ")}${connected}`;
}

/** `lockedOut` as people write it. */
export function typeWords(type: string): string {
  return type.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The object of a change, as far as it is known. */
export function objectIn({ id }: Change): string {
  return id === undefined ? "not known yet" : readable(id);
}

/** What is said of a change. */
export function sentence({ text, along, online, ifThere }: Change): string {
  return [
    text,
    ...(along && along.count > 0 ? [`takes ${counted(along.count, along.kind)} along: ${named(along.ids)}`] : []),
    ...(online === undefined ? [] : online > 0 ? [`${online} connected now`] : ["not connected now"]),
    ...(ifThere ? [`if it exists: ${typeWords(ifThere)}`] : []),
  ]
    .filter(Boolean)
    .join("; ");
}

/** How many are named. */
const most = 5;

function named(ids: readonly string[]): string {
  const names = ids.map((id) => decodeURIComponent(id.split("/").at(-1) ?? id));
  return firstOf(names, most);
}
