import type { Data } from "../operations/envelope";
import type { AnswerChange } from "../service/faultForms";
import type { Answer } from "./rendering";

type Members = Record<string, unknown>;

/**
 * The body of an answer with what a fault makes of it.
 *
 * @param pageToken leads to what an emptied page would have shown; undefined for an action without such tokens
 */
export function changedData(
  data: Data,
  { lists, members = {}, without = [] }: AnswerChange,
  pageToken: string | undefined,
): Data {
  const changed: Members = structuredClone(data);
  if (lists !== undefined) changeLists(changed, lists, pageToken);
  for (const [path, value] of Object.entries(members)) setAt(changed, path.split("."), value);
  for (const path of without) setAt(changed, path.split("."), undefined);
  return changed;
}

/** An answer with what a fault makes of it as a whole. */
export function changedAnswer(answer: Answer, { headers, body }: AnswerChange): Answer {
  const own = { ...answer, ...(headers === undefined ? {} : { headers }) };
  if (body === undefined) return own;
  return typeof body === "string"
    ? { ...own, contentType: "text/html;charset=utf-8", body }
    : { ...own, contentType: "application/json;charset=utf-8", body: JSON.stringify(body) };
}

function changeLists(members: Members, lists: NonNullable<AnswerChange["lists"]>, pageToken: string | undefined): void {
  const listed = Object.entries(members).filter(([, value]) => Array.isArray(value));
  for (const [name] of listed) {
    if (lists === "absent") delete members[name];
    else members[name] = lists === "null" ? null : [];
  }
  // The token stands beside the list.
  if (lists === "emptyPage" && listed.length > 0 && pageToken !== undefined) members.NextToken = pageToken;
  for (const value of Object.values(members)) if (isMembers(value)) changeLists(value, lists, pageToken);
}

/** Sets a value at a path, or takes it out when it is undefined. What is missing on the way is made. */
function setAt(target: Members | unknown[], [name = "", ...rest]: readonly string[], value: unknown): void {
  const members = target as Members;
  if (rest.length > 0) {
    const inner = Object.hasOwn(members, name) ? members[name] : undefined;
    const next: Members | unknown[] = isMembers(inner) || Array.isArray(inner) ? inner : {};
    members[name] = next;
    setAt(next, rest, value);
  } else if (value === undefined) {
    delete members[name];
  } else {
    members[name] = value;
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
