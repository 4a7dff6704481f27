import type { IncomingHttpHeaders } from "node:http";

/** What may reach a port beside this machine's own names, and pages that came from nowhere else. */
export interface Allowed {
  /** Host names without a port. */
  readonly hosts: readonly string[];
  /** `http://localhost:3000`. */
  readonly origins: readonly string[];
}

export const nothingElse: Allowed = { hosts: [], origins: [] };

const loopbackName = /^(localhost|127\.0\.0\.1|\[::1\])$/i;
/** The vendor's: whoever uses them is led here by a hosts file, as the vendor alone says where else they lead. */
const vendorName = /^[\w.-]+\.aliyuncs\.com$/i;

/**
 * Why a request is refused, or undefined. Key pairs and ids of an emulator are no secret, so a web page must not reach it,
 * neither by a name that resolves to this machine (DNS rebinding) nor from another origin, be it another server of this machine.
 */
export function refusalOfPage(headers: IncomingHttpHeaders, allowed: Allowed): string | undefined {
  const { host = "", origin, "sec-fetch-site": site = "none" } = headers;
  const name = host.replace(/:\d{1,5}$/, "");
  const isKnown = loopbackName.test(name) || vendorName.test(name) || allowed.hosts.includes(name.toLowerCase());
  if (!isKnown) return `the host ${JSON.stringify(name)} is not among the allowed ones`;
  if (origin !== undefined && allowed.origins.includes(origin)) return undefined;
  // Some clients of MQTT say https whatever they use; a page could not have come from this port by it.
  const isOwn = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  if (isOwn && ["none", "same-origin"].includes(String(site))) return undefined;
  return `the origin ${JSON.stringify(origin ?? site)} is not among the allowed ones`;
}

/** The same for what only loopback names may reach. */
export function isLoopbackHost(host: string): boolean {
  return loopbackName.test(host.replace(/:\d{1,5}$/, ""));
}
