import { isDeepStrictEqual } from "node:util";
import type { Given } from "../../kinds/fields";
import { keyOf } from "../../kinds/object";
import type { Outline } from "../../kinds/outline";
import { serialKey } from "../../kinds/serialNumber";
import { kindOf } from "../../provider/errors";
import { type Entry, type Item, inventories, type KindInventory } from "../../provider/inventory";
import type { Run } from "../../provider/run";
import { resourceName } from "./resourceName";

/** What is to be adopted. */
export interface Choice {
  readonly instanceIds: readonly string[];
  /** Of groups and of what is in groups, these alone; undefined means all. */
  readonly groupIds: readonly string[] | undefined;
  /** Of CAs and of what is of CAs, these alone; undefined means all. */
  readonly caSns: readonly string[] | undefined;
  /** Names of kinds; undefined means all that an instance offers, device certificates one by one. */
  readonly kinds: readonly string[] | undefined;
  readonly secrets: boolean;
}

/** A resource to be adopted. */
export interface Adopted extends Pick<Entry, "id" | "inputs" | "outputs"> {
  readonly outline: Outline;
  readonly name: string;
  /** The inputs that a program has to give; what follows from them is left out. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The resource of the group or CA that holds the object, which may be adopted or not. */
  readonly holder: { readonly kind: string; readonly name: string } | undefined;
}

export interface Collected {
  /** In an order that follows from nothing but what there is. */
  readonly adopted: readonly Adopted[];
  /** What was asked for and could not be had, a sentence each. */
  readonly gaps: readonly string[];
  /** What an instance does not offer, a sentence each. */
  readonly notes: readonly string[];
}

/** One listing of the service, to be walked for one kind. */
interface Listing {
  readonly kind: KindInventory;
  readonly text: string;
  readonly holder: Adopted["holder"];
  readonly list: () => Promise<readonly Item[]>;
}

/** How many listings are walked, and how many objects of one are looked up, at a time; the limiter sets the pace. */
const hands = { listings: 8, lookups: 64 };
/** After so many failures in one listing the rest of it is not tried: they have one cause. */
const enoughFailures = 20;
/** The kind that stands for the objects of another one and is adopted only when it is asked for by name. */
const onlyByName = "DeviceCertificateSet";

/** Collects what was chosen, as far as the service gives it. Throws when it does not know a chosen instance. */
export async function collect(run: Run, choice: Choice): Promise<Collected> {
  const gaps: string[] = [];
  const notes = new Set<string>();

  async function attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (kindOf(error) === "InvalidInput") {
        throw error;
      }
      const sentence = `${what}: ${error instanceof Error ? error.message : error}`;
      if (kindOf(error) === "Unsupported" && choice.kinds === undefined) {
        notes.add(sentence);
      } else {
        gaps.push(sentence);
      }
      return undefined;
    }
  }

  const kinds = inventories(run).filter(({ outline: { name } }) => choice.kinds?.includes(name) ?? name !== onlyByName);
  const isChosen = ({ groupId, caSn }: Item) =>
    (groupId === undefined || choice.groupIds === undefined || choice.groupIds.includes(groupId)) &&
    (caSn === undefined || choice.caSns === undefined || choice.caSns.map(serialKey).includes(serialKey(caSn)));

  /** The groups or CAs of an instance that were chosen. */
  async function holders<Holder extends Item>(what: string, list: () => Promise<readonly Holder[]>) {
    return ((await attempt(what, list)) ?? []).filter(isChosen);
  }

  async function listingsIn(instanceId: string): Promise<Listing[]> {
    const { groups, cas } = run.service;
    const isAsked = (of: KindInventory["inventory"]["of"]) => kinds.some(({ inventory }) => inventory.of === of);
    const [inGroups, ofCas] = await Promise.all([
      isAsked("group")
        ? holders(`groups of ${instanceId}`, () => groups.all(instanceId, Number.POSITIVE_INFINITY))
        : [],
      isAsked("CA") ? holders(`CAs of ${instanceId}`, () => cas.all(instanceId, Number.POSITIVE_INFINITY)) : [],
    ]);
    return kinds.flatMap((kind): Listing[] => {
      const { inventory, outline } = kind;
      switch (inventory.of) {
        case "instance":
          return [
            {
              kind,
              text: `${outline.name} of ${instanceId}`,
              holder: undefined,
              list: () => inventory.list(run, instanceId),
            },
          ];
        case "group":
          return inGroups.map(({ groupId }) => ({
            kind,
            text: `${outline.name} of group ${groupId} of ${instanceId}`,
            holder: { kind: "Group", name: resourceName([instanceId, groupId]) },
            list: () => inventory.list(run, { instanceId, groupId }),
          }));
        case "CA":
          return ofCas.map(({ caSn }) => ({
            kind,
            text: `${outline.name} of CA ${caSn} of ${instanceId}`,
            holder: { kind: "CaCertificate", name: resourceName([instanceId, caSn]) },
            list: () => inventory.list(run, { instanceId, caSn }),
          }));
      }
    });
  }

  async function adopt({ kind, text, holder, list }: Listing): Promise<Adopted[]> {
    const items = ((await attempt(text, list)) ?? []).filter(isChosen);
    const adopted: Adopted[] = [];
    let failures = 0;
    let done = 0;
    await inTurn(items, hands.lookups, async (item) => {
      if (failures === enoughFailures) {
        return;
      }
      try {
        adopted.push(await adoptedFrom(kind, item, holder, choice.secrets));
      } catch (error) {
        // What is gone since it was listed is no gap.
        if (kindOf(error) !== "NotFound") {
          failures++;
          gaps.push(`${text}: ${error instanceof Error ? error.message : error}`);
        }
      }
      done++;
      run.log.progress(`${text}: ${done} of ${items.length}`);
    });
    if (failures === enoughFailures && done < items.length) {
      gaps.push(`${text}: ${items.length - done} more were not tried.`);
    }
    return adopted;
  }

  const listings = (await Promise.all(choice.instanceIds.map(listingsIn))).flat();
  const adopted: Adopted[] = [];
  await inTurn(listings, hands.listings, async (listing) => {
    adopted.push(...(await adopt(listing)));
  });
  const order = kinds.map(({ outline }) => outline);
  adopted.sort((one, other) => order.indexOf(one.outline) - order.indexOf(other.outline) || compare(one.id, other.id));
  return { adopted, gaps: gaps.sort(compare), notes: [...notes].sort(compare) };
}

async function adoptedFrom(
  { outline, entryOf }: KindInventory,
  item: Item,
  holder: Adopted["holder"],
  withSecrets: boolean,
): Promise<Adopted> {
  const { id, inputs, outputs, faults } = await entryOf(item, withSecrets);
  const [fault] = faults;
  if (fault) {
    throw new Error(`${outline.name} ${id} cannot be declared: ${fault.path} ${fault.fault}.`);
  }
  const name = resourceName(Object.values(keyOf(outline, item)).map((part) => part as string | undefined));
  return { outline, id, inputs, outputs, name, holder, args: leastArgs(outline, inputs) };
}

/** The inputs without those that check makes of the others. */
function leastArgs({ inputs: fields, complete = (given) => given }: Outline, inputs: Adopted["inputs"]) {
  const names = Object.keys(fields).filter((name) => inputs[name] !== undefined);
  let args: Adopted["args"] = Object.fromEntries(names.map((name) => [name, inputs[name]]));
  const whole = args;
  const optionalFirst = [
    ...names.filter((name) => !fields[name]?.required),
    ...names.filter((name) => fields[name]?.required),
  ];
  for (const name of optionalFirst) {
    const { [name]: _left, ...rest } = args;
    if (isDeepStrictEqual({ ...complete(rest as Given<typeof fields>) }, whole)) {
      args = rest;
    }
  }
  return args;
}

/** Does something with each item, some at a time. */
async function inTurn<One>(items: readonly One[], atATime: number, work: (item: One) => Promise<void>): Promise<void> {
  const waiting = [...items].reverse();
  const hand = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, hand));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
