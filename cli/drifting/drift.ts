import { idOf, objectOf } from "../../kinds/object";
import { type Item, inventories, type KindInventory } from "../../provider/inventory";
import type { Run } from "../../provider/run";
import { type Choice, isChosen } from "../listings/choice";
import { inTurn } from "../listings/inTurn";
import { failureText, keyOf, Listings } from "../listings/listings";
import { partsOf } from "../stacks/resource";
import type { Runs } from "../stacks/runs";
import type { StackEntry, StackState } from "../stacks/stackState";
import { about, compareEntry, gone, type Horizon, objectsOf, type Place, placeIn, unsettled } from "./entries";
import { type Finding, findingTypes, type Report } from "./report";

/** What is looked at, and how far. */
export interface DriftChoice extends Choice {
  readonly strays: boolean;
  /** Whether the service is asked which devices are connected; billed. */
  readonly sessions: boolean;
  /** How many milliseconds before its end a certificate is reported. */
  readonly expiresWithinMs: number;
}

/** How many listings are walked, and how many entries are compared, at a time; the limiter sets the pace. */
const hands = { listings: 8, entries: 64 };
/** After so many failures of a kind the rest of it is not tried: they have one cause. */
const enoughFailures = 20;
const anyAge = Number.POSITIVE_INFINITY;
const justNow = 0;

/** Compares the states of stacks with what the service has. It writes neither. */
export async function findDrift(
  states: readonly StackState[],
  choice: DriftChoice,
  runs: Runs,
): Promise<Pick<Report, "findings" | "gaps" | "notes">> {
  const entries = states.flatMap((state) => state.entries).filter((entry) => isChosen(choice, entry.inputs.values));
  const byRun = grouped(entries, (entry) => runs.of(entry.settings));
  const parts = await Promise.all([...byRun].map(([run, some]) => new Look(run, choice).at(some)));
  const findings = parts.flatMap((part) => part.findings).sort((one, other) => compare(orderOf(one), orderOf(other)));
  const gaps = [...states.flatMap((state) => state.gaps), ...parts.flatMap((part) => part.gaps)].sort(compare);
  return { findings, gaps, notes: parts.flatMap((part) => part.notes).sort(compare) };
}

/** One look at all that entries of one configuration stand for. */
class Look {
  readonly #findings: Finding[] = [];
  readonly #gaps: string[] = [];
  readonly #listings: Listings;
  readonly #kinds: ReadonlyMap<string, KindInventory>;
  readonly #horizon: Horizon;
  readonly #items: { readonly kind: KindInventory; readonly item: Item }[] = [];
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
  }

  async at(entries: readonly StackEntry[]): Promise<Pick<Report, "findings" | "gaps" | "notes">> {
    await this.#list(entries);
    await this.#compare(entries.filter(({ role }) => role !== "read"));
    this.#findings.push(...this.#twice(entries), ...(this.choice.strays ? this.#strays(entries) : []));
    if (this.choice.sessions) {
      await this.#askForSessions(entries);
    }
    const gaps = [...this.#listings.gaps, ...this.#gaps, ...this.run.unread];
    return { findings: this.#findings, gaps, notes: this.#listings.notes };
  }

  /** Walks each listing that holds an entry, or may hold a stray, once. */
  async #list(entries: readonly StackEntry[]): Promise<void> {
    const instanceIds = [...new Set(entries.map((entry) => placeIn(entry).instanceId))];
    const used = new Set(entries.map((entry) => keyOf(this.#kind(entry), placeIn(entry))));
    const all = await Promise.all(
      instanceIds.map((instanceId) =>
        this.#listings.of(instanceId).catch((error: unknown) => {
          this.#hidden.add(instanceId);
          this.#gaps.push(`instance ${instanceId}: ${failureText(this.run, error)}`);
          return [];
        }),
      ),
    );
    const wanted = all.flat().filter(({ key }) => this.choice.strays || used.has(key));
    await inTurn(wanted, hands.listings, async (listing) => {
      for (const item of await this.#listings.items(listing)) this.#items.push({ kind: listing.kind, item });
    });
  }

  async #compare(entries: readonly StackEntry[]): Promise<void> {
    const failures = new Map<string, number>();
    const begunAt = this.run.now();
    let done = 0;
    await inTurn(entries, hands.entries, async (entry) => {
      const failed = failures.get(entry.outline.name) ?? 0;
      try {
        if (failed < enoughFailures) {
          this.#findings.push(...(await this.#compareOne(entry)));
        }
      } catch (error) {
        failures.set(entry.outline.name, failed + 1);
        this.#gaps.push(`${entry.outline.name} ${entry.id}: ${failureText(this.run, error)}`);
      }
      done++;
      this.run.log.progress(`compared ${done} of ${entries.length} resources`, begunAt);
    });
    for (const [name, count] of failures) {
      if (count >= enoughFailures) {
        this.#gaps.push(`${name}: after ${count} failures the rest was not looked at.`);
      }
    }
  }

  async #compareOne(entry: StackEntry): Promise<Finding[]> {
    const open = unsettled(entry);
    if (open !== undefined) {
      return [{ ...about(entry), type: "unsettled", text: open }];
    }
    const kind = this.#kind(entry);
    const place = placeIn(entry);
    // Its listing stands among the gaps already.
    if (this.#hidden.has(place.instanceId) || !this.#listings.isTold(kind, place)) {
      return [];
    }
    const because = await this.#lostHolder(kind, place);
    return because === undefined ? compareEntry(kind, entry, this.#horizon) : [gone(entry, because)];
  }

  /** What is said of an object whose group or CA is gone: one look tells for all of them. */
  async #lostHolder({ inventory }: KindInventory, { instanceId, groupId, caSn }: Place): Promise<string | undefined> {
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

  /** Objects that entries of several stacks stand for. */
  #twice(entries: readonly StackEntry[]): Finding[] {
    const managed = entries.filter(({ role }) => role === "managed");
    const holdings = managed.flatMap((entry) => this.#objectsOf(entry).map((object) => ({ object, entry })));
    return [...grouped(holdings, ({ object }) => object).values()].flatMap(([first, ...others]) =>
      others.map(({ entry: other }): Finding => {
        const where = `${partsOf(first?.entry.urn ?? "").name} of ${first?.entry.stack}`;
        return { ...about(other), type: "twice", text: `${where} stands for the same object` };
      }),
    );
  }

  /** What the service has and no entry stands for. */
  #strays(entries: readonly StackEntry[]): Finding[] {
    const held = new Set(entries.flatMap((entry) => this.#objectsOf(entry)));
    const joined = new Set(this.#findings.filter(({ type }) => type === "joined").map(({ id }) => id));
    return this.#items
      .filter(({ kind: { outline }, item }) => !held.has(objectOf(outline, this.run.place, item)))
      .filter(({ kind: { outline }, item }) => !joined.has(idOf(outline, item)))
      .map(({ kind: { outline }, item }) => ({
        type: "stray",
        kind: outline.name,
        id: idOf(outline, item),
        instanceId: item.instanceId ?? "",
        text: "no stack that was given has it",
      }));
  }

  async #askForSessions(entries: readonly StackEntry[]): Promise<void> {
    const gone = new Set(this.#findings.filter(({ type }) => type === "gone").map(({ urn }) => urn));
    const devices = entries.filter(
      ({ outline, urn, role }) => outline.name === "DeviceCredential" && role === "managed" && !gone.has(urn),
    );
    const byInstance = grouped(devices, (entry) => placeIn(entry).instanceId);
    for (const [instanceId, some] of byInstance) {
      try {
        const clientIds = some.map((entry) => String(placeIn(entry).clientId));
        const sessions = await this.run.service.sessions.of(instanceId, clientIds);
        for (const [index, { online }] of sessions.entries()) {
          const entry = some[index];
          if (entry && !online) {
            this.#findings.push({ ...about(entry), type: "offline", text: "its device is not connected" });
          }
        }
      } catch (error) {
        this.#gaps.push(`sessions of ${instanceId}: ${failureText(this.run, error)}`);
      }
    }
  }

  #objectsOf(entry: StackEntry): string[] {
    return objectsOf(this.#kind(entry), this.run.place, entry);
  }

  #kind({ outline }: StackEntry): KindInventory {
    const kind = this.#kinds.get(outline.name);
    if (!kind) {
      throw new Error(`no inventory of ${outline.name}; this is a bug`);
    }
    return kind;
  }
}

function grouped<One, Key>(items: readonly One[], keyOf: (item: One) => Key): Map<Key, One[]> {
  const groups = new Map<Key, One[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    group ? group.push(item) : groups.set(key, [item]);
  }
  return groups;
}

function orderOf({ type, kind, id, stack = "" }: Finding): string {
  return [Object.keys(findingTypes).indexOf(type), kind, id, stack].join(" ");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
