import { kindOf } from "../../provider/errors";
import type { Run } from "../../provider/run";
import { compare } from "../compare";
import { type Choice, missingOf } from "../listings/choice";
import { inTurn } from "../listings/inTurn";
import { failureText, type Listing, Listings, type Place } from "../listings/listings";
import { type Adopted, adoptedFrom } from "./adopted";
import { resourceName } from "./resourceName";

/** What is to be adopted. */
export interface Adoption extends Choice {
  readonly instanceIds: readonly string[];
  readonly secrets: boolean;
}

export interface Collected {
  /** In an order that follows from nothing but what there is. */
  readonly adopted: readonly Adopted[];
  /** What was asked for and could not be had, in the order in which it was seen: the first says what to do. */
  readonly gaps: readonly string[];
  /** What an instance does not offer, a sentence each. */
  readonly notes: readonly string[];
}

/** How many listings are walked, and how many objects of one are looked up, at a time; the limiter sets the pace. */
const hands = { listings: 8, lookups: 64 };
/** After so many failures in one listing the rest of it is not tried: they have one cause. */
const enoughFailures = 20;

/** Collects what was chosen, as far as the service gives it. Throws when it does not know a chosen instance. */
export async function collect(run: Run, adoption: Adoption): Promise<Collected> {
  const begunAt = run.now();
  const listings = new Listings(run, adoption);
  const all = (await Promise.all(adoption.instanceIds.map((id) => listings.of(id)))).flat();
  const adopted: Adopted[] = [];
  const failures: string[] = [];
  await inTurn(all, hands.listings, async (listing) => {
    const part = await adoptAll(run, listings, listing, adoption.secrets, begunAt);
    for (const one of part.adopted) adopted.push(one);
    failures.push(...part.failures);
  });
  return {
    adopted: adopted.sort((one, other) => compare(orderOf(one), orderOf(other))),
    gaps: [...listings.gaps, ...failures, ...missingOf(adoption, listings.found), ...run.unread],
    notes: listings.notes.sort(compare),
  };
}

/** The resources of all objects of a listing that were chosen, and what could not be had of them, a sentence each. */
async function adoptAll(run: Run, listings: Listings, listing: Listing, withSecrets: boolean, begunAt: number) {
  const { kind, text } = listing;
  const holder = holderIn(listing.place);
  const items = await listings.items(listing);
  const adopted: Adopted[] = [];
  const failures: string[] = [];
  let done = 0;
  await inTurn(items, hands.lookups, async (item) => {
    if (failures.length >= enoughFailures) {
      return;
    }
    try {
      adopted.push(await adoptedFrom(kind, item, holder, withSecrets));
    } catch (error) {
      // What is gone since it was listed is no gap.
      if (kindOf(error) !== "NotFound") {
        failures.push(`${text}: ${failureText(run, error)}`);
      }
    }
    done++;
    run.log.progress(`${text}: ${done} of ${items.length}`, begunAt);
  });
  const untried = items.length - done;
  return { adopted, failures: untried > 0 ? [`${text}: ${untried} more were not tried.`, ...failures] : failures };
}

/** The resource of the group or CA whose objects are listed. */
function holderIn({ instanceId, groupId, caSn }: Place): Adopted["holder"] {
  if (groupId !== undefined) {
    return { kind: "Group", name: resourceName([instanceId, groupId]) };
  }
  return caSn === undefined ? undefined : { kind: "CaCertificate", name: resourceName([instanceId, caSn]) };
}

function orderOf({ outline, id }: Adopted): string {
  return `${outline.name} ${id}`;
}
