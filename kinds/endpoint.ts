/** The URL of an endpoint as it is configured: a host or an http(s) URL; undefined when it is neither. */
export function parseEndpoint(text: string): URL | undefined {
  try {
    const url = new URL(
      text.includes("://") ? text : `${isLoopback(new URL(`tcp://${text}`)) ? "http" : "https"}://${text}`,
    );
    const bare = url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
    return bare && /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The public endpoint of a region (documented by the vendor's SDKs as a rule). */
export function regionalEndpoint(regionId: string): string {
  return `onsmqtt.${regionId}.aliyuncs.com`;
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Where instances are: the host of the API that knows them. One instance id may stand for two at two emulators. */
export function placeOf(endpoint: string | undefined, regionId: string | undefined): string | undefined {
  const text = endpoint ?? (regionId && regionalEndpoint(regionId));
  return text && (parseEndpoint(text)?.host ?? text);
}
