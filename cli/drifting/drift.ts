import { idOf, objectOf } from "../../kinds/object";
import type { Outline } from "../../kinds/outline";
import { type Item, inventories, type KindInventory } from "../../provider/inventory";
import type { Run } from "../../provider/run";
import { compare } from "../compare";
import { append, grouped } from "../grouped";
import { type Choice, isChosen } from "../listings/choice";
import { inTurn } from "../listings/inTurn";
import { failureText, keyOf, type Listing, Listings } from "../listings/listings";
import { partsOf } from "../stacks/resource";
import type { Runs } from "../stacks/runs";
import type { EntryPlace, StackEntry, StackState } from "../stacks/stackState";
import { Comparer } from "./comparer";
import {
  about,
  aboutHolding,
  compareEntry,
  gone,
  type Holding,
  type Horizon,
  holdingsOf,
  objectIn,
  unsettled,
  unsettledMembers,
} from "./entries";
import { type Finding, findingTypes, type Report } from "./report";

/** What is looked at, and how far. */
export interface DriftChoice extends Choice {
  readonly strays: boolean;
  /** Whether the service is asked which devices are connected; billed. */
  readonly sessions: boolean;
  /** How many milliseconds before its end a certificate is reported. */
  readonly expiresWithinMs: number;
}

/** How many listings are walked at a time; the limiter sets the pace. */
const atATime = 4;
const anyAge = Number.POSITIVE_INFINITY;
const justNow = 0;

/**
 * Compares the states of stacks with what the service has. It writes neither. Where the first entry is is listed while
 * the others are still being read.
 */
export async function findDrift(
  read: (take: (entry: StackEntry) => void) => Promise<readonly StackState[]>,
  choice: DriftChoice,
  runs: Runs,
): Promise<Pick<Report, "stacks" | "findings" | "gaps" | "notes">> {
  const looks = new Map<Run, Look>();
  const states = await read((entry) => {
    if (isChosen(choice, entry.place)) {
      const run = runs.of(entry.settings);
      const look = looks.get(run) ?? new Look(run, choice);
      looks.set(run, look);
      look.add(entry);
    }
  });
  const parts = await Promise.all([...looks.values()].map((look) => look.report()));
  const stacks = states.map(({ name, entries }) => ({ name, resources: entries.length }));
  const findings = parts.flatMap((part) => part.findings).sort((one, other) => compare(orderOf(one), orderOf(other)));
  const gaps = [...states.flatMap((state) => state.gaps), ...parts.flatMap((part) => part.gaps)].sort(compare);
  return { stacks, findings, gaps, notes: parts.flatMap((part) => part.notes).sort(compare) };
}

/** An object of the service, and the one text for it however its id is written. */
interface ListedObject {
  readonly outline: Outline;
  readonly item: Item;
  readonly object: string;
}

/** One look at all that entries of one configuration stand for. */
class Look {
  #findings: Finding[] = [];
  readonly #gaps: string[] = [];
  readonly #listings: Listings;
  /** Those that are to be compared, by the listing that would have what they stand for. */
  readonly #byListing = new Map<string, StackEntry[]>();
  readonly #comparer: Comparer;
  /** A walk through the listings of each instance that has an entry. */
  readonly #walks = new Map<string, Promise<void>>();
  /** Resolved when all entries are there. */
  readonly #complete: Promise<void>;
  #setComplete = () => {};
  /** Resolved when the entries of all listings that were walked so far are compared. */
  #compared: Promise<void>;
  readonly #kinds: ReadonlyMap<string, KindInventory>;
  readonly #horizon: Horizon;
  readonly #listed: ListedObject[] = [];
  /** What entries hold of an object, by its one text. */
  readonly #holdingsOf = new Map<string, Holding[]>();
  /** Instances that the service does not show. */
  readonly #hidden = new Set<string>();
  /** Whether groups and CAs that no listing has are surely gone. */
  readonly #holders = new Map<string, Promise<boolean>>();

  constructor(
    private readonly run: Run,
    private readonly choice: DriftChoice,
  ) {
    this.#listings = new Listings(run, choice);
    this.#kinds = new Map(inventories(run).map((kind) => [kind.outline.name, kind]));
    const now = run.wallClock();
    this.#horizon = { now, until: now + choice.expiresWithinMs };
    this.#comparer = new Comparer(run, (entry) => this.#compare(entry));
    this.#complete = new Promise((resolve) => {
      this.#setComplete = resolve;
    });
    this.#compared = this.#complete;
  }

  /** Takes an entry, and begins to list the instance that it is the first of. */
  add(entry: StackEntry): void {
    const { instanceId } = entry.place;
    const kind = this.#kind(entry);
    for (const one of holdingsOf(kind, entry)) append(this.#holdingsOf, objectIn(one, this.run.place), one);
    // What a program only reads is no stray, and nothing to compare.
    if (entry.role !== "read") {
      append(this.#byListing, keyOf(kind, entry.place), entry);
      this.#comparer.total++;
    }
    if (!this.#walks.has(instanceId)) {
      this.#walks.set(instanceId, this.#walk(instanceId));
    }
  }

  /** What was found, once all entries are there. */
  async report(): Promise<Pick<Report, "findings" | "gaps" | "notes">> {
    this.#setComplete();
    await Promise.all(this.#walks.values());
    await this.#compared;
    // Those of groups and CAs that are not there, of sets, and of instances that could not be listed.
    await this.#comparer.compare([...this.#byListing.values()].flat());
    this.#findings = [...this.#comparer.findings, ...[...this.#holdingsOf.values()].flatMap(twice)];
    this.#findings = [...this.#findings, ...(this.choice.strays ? this.#strays() : [])];
    if (this.choice.sessions) {
      await this.#askForSessions();
    }
    const gaps = [...this.#listings.gaps, ...this.#gaps, ...this.#comparer.gaps, ...this.run.unread];
    return { findings: this.#findings, gaps, notes: this.#listings.notes };
  }

  /**
   * Walks each listing of an instance that holds an entry, or may hold a stray, once; while others are waited for, the
   * entries of those that were walked are compared.
   */
  async #walk(instanceId: string): Promise<void> {
    const listings = await this.#listings.of(instanceId).catch((error: unknown) => {
      this.#hidden.add(instanceId);
      this.#gaps.push(`instance ${instanceId}: ${failureText(this.run, error)}`);
      return [];
    });
    if (!this.choice.strays) {
      await this.#complete;
    }
    const wanted = listings.filter(({ key }) => this.choice.strays || this.#byListing.has(key));
    await inTurn(wanted, atATime, async (listing) => {
      const { outline } = listing.kind;
      for (const item of await this.#listings.items(listing)) {
        this.#listed.push({ outline, item, object: objectOf(outline, this.run.place, item) });
      }
      this.#compared = this.#compared.then(() => this.#compareThoseIn(listing));
    });
  }

  async #compareThoseIn({ key }: Listing): Promise<void> {
    const entries = this.#byListing.get(key) ?? [];
    this.#byListing.delete(key);
    await this.#comparer.compare(entries);
  }

  async #compare(entry: StackEntry): Promise<Finding[]> {
    const kind = this.#kind(entry);
    const open = unsettled(kind, entry);
    if (open !== undefined) {
      return [{ ...about(entry), type: "unsettled", text: open }];
    }
    return [...unsettledMembers(kind, entry), ...(await this.#compareSettled(kind, entry))];
  }

  async #compareSettled(kind: KindInventory, entry: StackEntry): Promise<Finding[]> {
    // Its listing stands among the gaps already.
    if (this.#hidden.has(entry.place.instanceId) || !this.#listings.isTold(kind, entry.place)) {
      return [];
    }
    const because = await this.#lostHolder(kind, entry.place);
    return because === undefined ? compareEntry(kind, entry, this.#horizon) : [gone(entry, because)];
  }

  /** What is said of an object whose group or CA is gone: one look tells for all of them. */
  async #lostHolder(
    { inventory }: KindInventory,
    { instanceId, groupId, caSn }: EntryPlace,
  ): Promise<string | undefined> {
    const { groups, cas } = this.run.service;
    if (inventory.of === "group" && groupId !== undefined) {
      const isThere = async () =>
        (await groups.has(instanceId, groupId, anyAge)) || groups.has(instanceId, groupId, justNow);
      return (await this.#once(`${instanceId} ${groupId}`, isThere)) ? undefined : `its group ${groupId} is gone`;
    }
    if (inventory.of === "CA" && caSn !== undefined) {
      const ca = { instanceId, caSn };
      const isThere = async () => ((await cas.listed(ca, anyAge)) ?? (await cas.lookUp(ca))) !== undefined;
      return (await this.#once(`${instanceId} ${caSn}`, isThere)) ? undefined : `its CA ${caSn} is gone`;
    }
    return undefined;
  }

  #once(holder: string, isThere: () => Promise<boolean>): Promise<boolean> {
    const known = this.#holders.get(holder) ?? isThere();
    this.#holders.set(holder, known);
    return known;
  }

  /** What the service has and no entry stands for. */
  #strays(): Finding[] {
    const joined = new Set(this.#findings.filter(({ type }) => type === "joined").map(({ id }) => id));
    return this.#listed
      .filter(({ object, outline, item }) => !this.#holdingsOf.has(object) && !joined.has(idOf(outline, item)))
      .map(({ outline, item }) => ({
        type: "stray",
        kind: outline.name,
        id: idOf(outline, item),
        instanceId: item.instanceId ?? "",
        text: "no stack that was given has it",
      }));
  }

  async #askForSessions(): Promise<void> {
    const gone = new Set(this.#findings.filter(({ type }) => type === "gone").map(({ id, urn }) => `${id} ${urn}`));
    const devices = [...this.#holdingsOf.values()].flat().flatMap((holding) => {
      const subject = aboutHolding(holding);
      const isThere = holding.member?.open === undefined && !gone.has(`${subject.id} ${subject.urn}`);
      return subject.kind === "DeviceCredential" && holding.entry.role === "managed" && isThere
        ? [{ subject, clientId: String((holding.member?.known ?? holding.entry.place).clientId) }]
        : [];
    });
    for (const [instanceId, some] of grouped(devices, ({ subject }) => subject.instanceId)) {
      try {
        const clientIds = some.map(({ clientId }) => clientId);
        const sessions = await this.run.service.sessions.of(instanceId, clientIds);
        for (const [index, { online }] of sessions.entries()) {
          const device = some[index];
          if (device && !online) {
            this.#findings.push({ ...device.subject, type: "offline", text: "its device is not connected" });
          }
        }
      } catch (error) {
        this.#gaps.push(`sessions of ${instanceId}: ${failureText(this.run, error)}`);
      }
    }
  }

  #kind({ outline }: StackEntry): KindInventory {
    const kind = this.#kinds.get(outline.name);
    if (!kind) {
      throw new Error(`no inventory of ${outline.name}; this is a bug`);
    }
    return kind;
  }
}

/** What is to be said of an object that several entries hold. */
function twice(holdings: readonly Holding[]): Finding[] {
  const [first, ...others] = holdings.filter(({ entry }) => entry.role === "managed");
  return others.map((other) => {
    const where = `${partsOf(first?.entry.urn ?? "").name} of ${first?.entry.stack}`;
    return { ...aboutHolding(other), type: "twice", text: `${where} stands for the same object` };
  });
}

function orderOf({ type, kind, id, stack = "" }: Finding): string {
  return [Object.keys(findingTypes).indexOf(type), kind, id, stack].join(" ");
}
