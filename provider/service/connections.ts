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
  if (isDirect(url)) {
    return new Agent({ ...options, connect });
  }
  return new EnvHttpProxyAgent({
    ...options,
    connect,
    proxyTls: connect,
    requestTls: connect,
    httpProxy: url.protocol === "http:" ? proxy(url) : "",
    httpsProxy: url.protocol === "https:" ? proxy(url) : "",
    // Proxies often refuse to tunnel what is not TLS.
    proxyTunnel: url.protocol === "https:",
  });
}

/** Variables of the environment, for people who look for the cause of a fault. */
export interface ProxyVariables {
  readonly variable: string;
  /** Names the hosts that need no proxy; undefined when it is not set. */
  readonly exceptions: string | undefined;
}

/** The variables that decide on a proxy for a URL; undefined when there is none. */
export function proxyVariables(url: URL): ProxyVariables | undefined {
  const variable = isDirect(url) ? undefined : proxyVariable(url);
  return variable ? { variable, exceptions: set("no_proxy") } : undefined;
}

/** Whether no proxy is asked, whatever the environment says. */
function isDirect(url: URL): boolean {
  return isLoopback(url) || url.hostname === metadataHost;
}

/** The proxy of the environment, which may be written without its scheme; empty when there is none. */
function proxy(url: URL): string {
  const variable = proxyVariable(url);
  const value = (variable && process.env[variable]) ?? "";
  const address = value === "" || value.includes("://") ? value : `http://${value}`;
  if (address !== "" && !URL.canParse(address)) {
    throw new ExchangeError(`${variable} is no URL`, false, false);
  }
  return address;
}

function proxyVariable({ protocol }: URL): string | undefined {
  return set(protocol === "https:" ? "https_proxy" : "http_proxy");
}

/** The spelling of a variable that counts, if it says anything: an empty one in small letters hides the other. */
function set(name: string): string | undefined {
  const variable = [name, name.toUpperCase()].find((spelling) => process.env[spelling] !== undefined);
  return variable && process.env[variable] ? variable : undefined;
}
