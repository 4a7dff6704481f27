import { idOf, objectOf } from "../../kinds/object";
import { kindOf } from "../../provider/errors";
import type { Comparison, KindInventory } from "../../provider/inventory";
import type { Member } from "../../provider/kind";
import type { Props } from "../../provider/lifecycle";
import { notSeen } from "../../provider/unclear";
import { inWords } from "../reports/words";
import type { StackEntry } from "../stacks/stackState";
import type { Finding } from "./report";

/** Until when a certificate has to hold, and what time it is, in milliseconds since the epoch. */
export interface Horizon {
  readonly now: number;
  readonly until: number;
}

/** What state says of an entry, without its secrets. */
function propsOfEntry({ inputs, outputs }: StackEntry): Props {
  return { ...outputs.values, ...inputs.values };
}

/** What the last update of an entry left open as a whole; then there is no telling what ought to be. */
export function unsettled(kind: KindInventory, entry: StackEntry): string | undefined {
  const { role, unclear, failures, outline, outputs } = entry;
  if (role === "going") {
    return "it is to be deleted: the next `pulumi up` goes on with that";
  }
  if (unclear) {
    return `${notSeen(unclear)}: the next \`pulumi up\` looks`;
  }
  if (failures.length > 0 && !kind.members) {
    return failedText(failures);
  }
  const lacking = Object.entries(outline.outputs).find(
    ([name, { required }]) => required && !(name in outputs.values) && !outputs.hidden.has(name),
  );
  return lacking && `state has no ${lacking[0]}: \`pulumi refresh\` looks it up`;
}

function failedText([failure = ""]: readonly string[]): string {
  return `the last update failed: ${failure.replaceAll("\n", " ")}`;
}

/** What the last update of a fleet or a set left open: of its parts, or, where it is none of theirs, of itself. */
export function unsettledMembers(kind: KindInventory, entry: StackEntry): Finding[] {
  const { failures } = entry;
  const members = kind.members?.(propsOfEntry(entry)) ?? [];
  const open = members.flatMap((member): Finding[] =>
    member.open === undefined ? [] : [{ ...aboutMember(entry, member), type: "unsettled", text: member.open }],
  );
  return open.length > 0 || failures.length === 0
    ? open
    : [{ ...about(entry), type: "unsettled", text: failedText(failures) }];
}

/** Everything that the service shows otherwise than an entry does. */
export async function compareEntry(kind: KindInventory, entry: StackEntry, horizon: Horizon): Promise<Finding[]> {
  const props = propsOfEntry(entry);
  const comparison = await kind.compare(entry.id, { props }).catch((error: unknown) => {
    // An edition that lacks the kind, for one, lacks the object.
    if (kindOf(error) === "NotFound") {
      return undefined;
    }
    throw error;
  });
  return comparison ? differences(kind, entry, props, comparison, horizon) : [gone(entry)];
}

export function gone(entry: StackEntry, because?: string): Finding {
  return { ...about(entry), type: "gone", text: goneText(because) };
}

function goneText(because = "the service does not have it"): string {
  return `${because}: the next \`pulumi up\` after a refresh makes it anew`;
}

/** What every finding says of the entry that it is about. */
export function about({ outline, id, place, stack, urn, position }: StackEntry) {
  return {
    kind: outline.name,
    id,
    instanceId: place.instanceId,
    stack,
    urn,
    ...(position && { position }),
  };
}

function differences(
  kind: KindInventory,
  entry: StackEntry,
  before: Props,
  { changed, told, props }: Comparison,
  horizon: Horizon,
): Finding[] {
  if (entry.outline.declares) {
    return deviceFindings(kind, entry, before, props);
  }
  const subject = about(entry);
  const changes = Object.entries(changed).map(([field, { state, service }]) => {
    const isSecret = entry.outline.inputs[field]?.secret === true;
    const [inState, inService] = [state, service].map((value) => (isSecret ? "a secret" : inWords(value)));
    const text = inState === inService ? `${field} is another one` : `${field} is ${inService}, state says ${inState}`;
    return { ...subject, type: "changed", text, field, inState, inService } as Finding;
  });
  const { secretFingerprint: fingerprint } = props;
  const was = before.secretFingerprint;
  const isRotated = was !== undefined && fingerprint !== was;
  return [
    ...changes,
    ...(isRotated
      ? [
          {
            ...subject,
            type: "rotated",
            text: told.secretFingerprint ?? `its secret is ${fingerprint}, state says ${was}`,
          } as const,
        ]
      : []),
    ...expiry(subject, props, horizon),
    ...memberFindings(kind, entry, before, props, horizon),
  ];
}

/** A fleet is one entry; its findings are about each device. What it does not declare is a stray to whoever compares. */
function deviceFindings(
  { members = () => [] }: KindInventory,
  entry: StackEntry,
  before: Props,
  after: Props,
): Finding[] {
  const now = new Map(members(after).map((member) => [idOfMember(member), member]));
  const settled = members(before).filter(({ open }) => open === undefined);
  return settled.flatMap((member): Finding[] => {
    const found = now.get(idOfMember(member));
    const subject = aboutMember(entry, member);
    if (!found) {
      return [{ ...subject, type: "gone", text: goneText() }];
    }
    const [was, is] = [member.known.secretFingerprint, found.known.secretFingerprint];
    return is === was ? [] : [{ ...subject, type: "rotated", text: `its secret is ${is}, state says ${was}` }];
  });
}

/** A set is one entry; its findings are about each certificate. */
function memberFindings(
  kind: KindInventory,
  entry: StackEntry,
  before: Props,
  after: Props,
  horizon: Horizon,
): Finding[] {
  const { members = () => [] } = kind;
  const inState = new Map(members(before).map((member) => [idOfMember(member), member]));
  return members(after).flatMap((member): Finding[] => {
    const { known, isNew } = member;
    const subject = aboutMember(entry, member);
    const { open, known: was } = inState.get(subject.id) ?? {};
    if (open !== undefined) {
      return [];
    }
    const wanted = before.status ?? was?.status;
    const name = String(known.deviceName);
    if (isNew) {
      return [{ ...subject, type: "joined", text: `${name} matches the set: the next \`pulumi up\` takes it in` }];
    }
    if (known.status === "gone") {
      return [{ ...subject, type: "gone", text: `the certificate of ${name} is not there any more` }];
    }
    const [wantedStatus, status] = [inWords(wanted), inWords(known.status)];
    return [
      ...(known.status === wanted
        ? []
        : [
            {
              ...subject,
              type: "changed",
              text: `status of ${name} is ${status}, state says ${wantedStatus}`,
              field: "status",
              inState: wantedStatus,
              inService: status,
            } as const,
          ]),
      ...expiry(subject, known, horizon),
    ];
  });
}

/** An object that an entry stands for: its own, or one of its members. */
export interface Holding {
  readonly entry: StackEntry;
  readonly member?: Member;
}

/** The objects that an entry stands for. */
export function holdingsOf(kind: KindInventory, entry: StackEntry): Holding[] {
  return [{ entry }, ...(kind.members?.(propsOfEntry(entry)) ?? []).map((member) => ({ entry, member }))];
}

/** One text for the object, however its id is written. */
export function objectIn({ entry, member }: Holding, place: string): string {
  return member ? objectOf(member.outline, place, member.known) : objectOf(entry.outline, place, { ...entry.place });
}

/** What every finding says of the object. */
export function aboutHolding({ entry, member }: Holding): ReturnType<typeof about> {
  return member ? aboutMember(entry, member) : about(entry);
}

/** The same of an object that an entry stands for beside itself. */
function aboutMember(entry: StackEntry, member: Member) {
  return { ...about(entry), kind: member.outline.name, id: idOfMember(member) };
}

function idOfMember({ outline, known }: Member): string {
  return idOf(outline, known);
}

function expiry(subject: ReturnType<typeof about>, { validEnd }: Props, { now, until }: Horizon): Finding[] {
  const end = typeof validEnd === "string" ? Date.parse(validEnd) : Number.NaN;
  if (!(end <= until)) {
    return [];
  }
  return end <= now
    ? [{ ...subject, type: "expired", text: `its certificate expired at ${validEnd}` }]
    : [{ ...subject, type: "expiring", text: `its certificate expires at ${validEnd}` }];
}
