import { serialKey } from "../../kinds/serialNumber";
import { absentIsUndefined } from "./absent";
import { actions, type Certificate, type CertificateRef, type CertificateStatus, type Page } from "./actions";
import type { Call } from "./client";
import { Listing } from "./listing";
import { settled } from "./settled";
import type { WalkContext } from "./walk";

export type { Certificate, CertificateRef, CertificateStatus };

/** The largest page that ListDeviceCertificateByCaSn accepts. */
const pageSize = 100;

/** Device certificates: the calls, each write settled, and the listings of this run. */
export class DeviceCertificates {
  readonly #listings = new Map<string, Listing<Certificate>>();

  constructor(
    private readonly call: Call,
    private readonly context: WalkContext,
  ) {}

  /** The certificate in its CA's listing, seen at most `maxAgeMs` ago, or undefined. */
  listed(certificate: CertificateRef, maxAgeMs: number): Promise<Certificate | undefined> {
    return this.#listing(certificate).lookup(serialKey(certificate.deviceSn), maxAgeMs, () => this.get(certificate));
  }

  /** All certificates of a CA by their serial numbers in one spelling, as listed at most `maxAgeMs` ago. */
  ofCa(ca: Omit<CertificateRef, "deviceSn">, maxAgeMs: number): Promise<ReadonlyMap<string, Certificate>> {
    return this.#listing(ca).all(maxAgeMs);
  }

  /** The same, or an error when one cannot be read. */
  wholeOfCa(ca: Omit<CertificateRef, "deviceSn">, maxAgeMs: number): Promise<ReadonlyMap<string, Certificate>> {
    return this.#listing(ca).whole(maxAgeMs);
  }

  /** The certificate, or undefined when it is not registered. */
  get(certificate: CertificateRef): Promise<Certificate | undefined> {
    return absentIsUndefined(this.call(actions.getDeviceCertificate, certificate, text(certificate)));
  }

  /** Sets the status of a certificate that was seen, and gives it as it then is. */
  async setStatus(instanceId: string, seen: Certificate, status: CertificateStatus): Promise<Certificate> {
    const certificate = { instanceId, caSn: seen.caSn, deviceSn: seen.deviceSn };
    const action = status === "active" ? actions.activateDeviceCertificate : actions.inactivateDeviceCertificate;
    await settled(
      () => this.call(action, certificate, text(certificate)),
      async () => (await this.get(certificate))?.status === status || undefined,
      this.context.signal,
    );
    const changed = { ...seen, status };
    this.#listing(certificate).note(serialKey(seen.deviceSn), changed);
    return changed;
  }

  /** Deletes the record; nothing to do when there is none. */
  async delete(certificate: CertificateRef): Promise<void> {
    await settled(
      () => absentIsUndefined(this.call(actions.deleteDeviceCertificate, certificate, text(certificate))),
      async () => !(await this.get(certificate)) || undefined,
      this.context.signal,
    );
    this.#listing(certificate).note(serialKey(certificate.deviceSn), undefined);
  }

  #listing({ instanceId, caSn }: Omit<CertificateRef, "deviceSn">): Listing<Certificate> {
    // The service lists a CA only as it spells it itself, so whoever spells it otherwise has a listing of his own.
    const key = JSON.stringify([instanceId, caSn]);
    const listing = this.#listings.get(key) ?? this.#newListing(instanceId, caSn);
    this.#listings.set(key, listing);
    return listing;
  }

  #newListing(instanceId: string, caSn: string): Listing<Certificate> {
    const object = `device certificates of CA ${caSn} on instance ${instanceId}`;
    return new Listing({
      ...this.context,
      page: async (pageNo) => {
        const request = { instanceId, caSn, pageNo, pageSize };
        const call = this.call(actions.listDeviceCertificates, request, object);
        // A CA without certificates may be answered with "not found"; after a first page that would prove nothing.
        const page = pageNo === 1 ? ((await absentIsUndefined(call)) ?? emptyPage) : await call;
        return { ...page, entries: page.items.map((item) => [serialKey(item.deviceSn), item]) };
      },
      pageSize,
      // The documentation contradicts itself on what the total counts, so only a short page ends the listing.
      totalEndsIt: false,
      // The service finds a serial number only as it spells it itself; the listing finds any spelling.
      singleFindsAll: false,
      object,
    });
  }
}

const emptyPage: Page<Certificate> = { items: [], total: 0 };

function text({ instanceId, caSn, deviceSn }: CertificateRef): string {
  return `device certificate ${deviceSn} of CA ${caSn} on instance ${instanceId}`;
}
