import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isLoopback } from "../../kinds/endpoint";
import { ExchangeError } from "./exchange";

/** Answers by a metadata server for the very machine that asks: a proxy would give its own. */
const metadataHost = "100.100.100.200";

/**
 * Opens the connections to one URL: through the proxy that the environment names for it (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `NO_PROXY`, in either case), but never to this machine or its metadata server.
 *
 * @param reuse whether a connection may serve several requests
 */
export function connectionsTo(url: URL, connectTimeoutMs: number, reuse: boolean): Dispatcher {
  // Time limits are kept by whoever sends. No pipelining at all: a connection serves one request.
  const options: Agent.Options = { headersTimeout: 0, bodyTimeout: 0, pipelining: reuse ? 1 : 0 };
  const connect = { timeout: connectTimeoutMs };
  if (isLoopback(url) || url.hostname === metadataHost) {
    return new Agent({ ...options, connect });
  }
  return new EnvHttpProxyAgent({
    ...options,
    connect,
    proxyTls: connect,
    requestTls: connect,
    httpProxy: url.protocol === "http:" ? proxy("http_proxy") : "",
    httpsProxy: url.protocol === "https:" ? proxy("https_proxy") : "",
    // Proxies often refuse to tunnel what is not TLS.
    proxyTunnel: url.protocol === "https:",
  });
}

/** The variables that name a proxy for a URL and are set, for people who look for the cause of a fault. */
export function proxyVariables(url: URL): string[] {
  const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  return isLoopback(url) ? [] : [name, name.toUpperCase()].filter((variable) => process.env[variable]);
}

/** The proxy of the environment, which may be written without its scheme; empty when there is none. */
function proxy(name: "http_proxy" | "https_proxy"): string {
  const value = process.env[name] ?? process.env[name.toUpperCase()] ?? "";
  const url = value === "" || value.includes("://") ? value : `http://${value}`;
  if (url !== "" && !URL.canParse(url)) {
    throw new ExchangeError(`${name.toUpperCase()} is no URL`, false, false);
  }
  return url;
}
