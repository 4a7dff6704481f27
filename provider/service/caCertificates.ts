import { canonicalPem } from "../../kinds/certificate";
import { serialKey } from "../../kinds/serialNumber";
import type { Claims } from "../../machine/claims";
import { isProviderError } from "../errors";
import { absentIsUndefined } from "./absent";
import { actions, type Ca, type CaRef, type CaRegistration, type CertificateStatus } from "./actions";
import type { Call } from "./client";
import { Listing } from "./listing";
import { settled } from "./settled";
import type { WalkContext } from "./walk";

export type { Ca, CaRef, CaRegistration };

/** The largest page that ListCaCertificate accepts. */
const pageSize = 100;
/** How often a registration code is answered anew that somebody else has used, or that held no longer. */
const codes = 3;
/** A listing this young is as good as a look of one's own. */
const freshMs = 1_000;

/** What it takes to register a CA beside the proof. */
type UnprovedRegistration = Omit<CaRegistration, "verificationContent"> & CaRef;

/** CAs: the calls, each write settled, and the listings of this run. */
export class CaCertificates {
  readonly #listings = new Map<string, Listing<Ca>>();

  constructor(
    private readonly call: Call,
    private readonly context: WalkContext,
    private readonly claims: Claims,
    /** Where the instances are: two emulators may each have one of the same id. */
    private readonly place: string,
  ) {}

  /** The CA in its instance's listing, seen at most `maxAgeMs` ago, or undefined. */
  listed(ca: CaRef, maxAgeMs: number): Promise<Ca | undefined> {
    return this.#listing(ca).lookup(serialKey(ca.caSn), maxAgeMs, () => this.get(ca));
  }

  /** All CAs of the instance, as listed at most `maxAgeMs` ago. */
  async all(instanceId: string, maxAgeMs: number): Promise<Ca[]> {
    return [...(await this.#listing({ instanceId }).all(maxAgeMs)).values()];
  }

  /** The same, or an error when one cannot be read. */
  async whole(instanceId: string, maxAgeMs: number): Promise<Ca[]> {
    return [...(await this.#listing({ instanceId }).whole(maxAgeMs)).values()];
  }

  /** The CA, or undefined when it is not registered. */
  get(ca: CaRef): Promise<Ca | undefined> {
    return absentIsUndefined(this.call(actions.getCa, ca, text(ca)));
  }

  /** The CA as it is now. The service finds a serial number only as it spells it itself, the listing finds any spelling. */
  async lookUp(ca: CaRef): Promise<Ca | undefined> {
    return (await this.get(ca)) ?? (await this.listed(ca, freshMs));
  }

  /** The code that a verification certificate has to carry. It holds once. */
  registrationCode(instanceId: string): Promise<string> {
    return this.call(actions.getRegistrationCode, { instanceId }, `instance ${instanceId}`);
  }

  /**
   * Registers a CA by answering a registration code. The service may give one code to all who ask until it is used: on one
   * machine one process does so at a time, and a code that somebody else has used meanwhile is answered anew.
   */
  registerBy(answer: (code: string) => Promise<string>, ca: UnprovedRegistration): Promise<Ca> {
    const what = `${this.place} registration code of instance ${ca.instanceId}`;
    const attempt = async (attempts: number): Promise<Ca> => {
      const verificationContent = await answer(await this.registrationCode(ca.instanceId));
      try {
        return await this.register({ ...ca, verificationContent });
      } catch (error) {
        if (isAboutCode(error) && attempts > 1) {
          return attempt(attempts - 1);
        }
        throw error;
      }
    };
    return this.claims.during(what, () => attempt(codes), this.context.signal);
  }

  /** Registers a CA that is not there, with the proof that it is the operator's own. */
  async register(ca: CaRegistration & CaRef): Promise<Ca> {
    const { caName, caContent } = ca;
    const registered = await settled(
      async (): Promise<Ca> => {
        const caSn = await this.call(actions.registerCa, ca, `${text(ca)}, ${JSON.stringify(caName)}`);
        return { caSn, caName, caContent, status: "active" };
      },
      async () => {
        const seen = await this.lookUp(ca);
        return seen && canonicalPem(seen.caContent) === canonicalPem(caContent) ? seen : undefined;
      },
      this.context.signal,
    );
    this.#listing(ca).note(serialKey(registered.caSn), registered);
    return registered;
  }

  /** Sets the status of a CA that was seen, and gives it as it then is. */
  async setStatus(instanceId: string, seen: Ca, status: CertificateStatus): Promise<Ca> {
    const ca = { instanceId, caSn: seen.caSn };
    await settled(
      () => this.call(status === "active" ? actions.activateCa : actions.inactivateCa, ca, text(ca)),
      async () => (await this.get(ca))?.status === status || undefined,
      this.context.signal,
    );
    const changed = { ...seen, status };
    this.#listing(ca).note(serialKey(ca.caSn), changed);
    return changed;
  }

  /** Deletes the CA, and with it its device certificates; nothing to do when there is none. */
  async delete(ca: CaRef): Promise<void> {
    await settled(
      () => absentIsUndefined(this.call(actions.deleteCa, ca, text(ca))),
      async () => !(await this.get(ca)) || undefined,
      this.context.signal,
    );
    this.#listing(ca).note(serialKey(ca.caSn), undefined);
  }

  #listing({ instanceId }: Pick<CaRef, "instanceId">): Listing<Ca> {
    const listing = this.#listings.get(instanceId) ?? this.#newListing(instanceId);
    this.#listings.set(instanceId, listing);
    return listing;
  }

  #newListing(instanceId: string): Listing<Ca> {
    const object = `CAs of instance ${instanceId}`;
    return new Listing({
      ...this.context,
      page: async (pageNo) => {
        const page = await this.call(actions.listCas, { instanceId, pageNo, pageSize }, object);
        return { ...page, entries: page.items.map((item) => [serialKey(item.caSn), item]) };
      },
      pageSize,
      totalEndsIt: false,
      singleFindsAll: false,
      object,
    });
  }
}

/** Whether a registration was refused for the code that was answered, and for nothing else. */
function isAboutCode(error: unknown): boolean {
  return isProviderError(error) && (error.code === "RegisterCodeUsed" || error.code === "RegisterCodeError");
}

function text({ instanceId, caSn }: CaRef): string {
  return `CA ${caSn} on instance ${instanceId}`;
}
