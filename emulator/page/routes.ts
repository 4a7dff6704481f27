import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DecodeError } from "../foundation/decode";
import type { Service } from "../service/service";
import { choices } from "./choices";
import { currentView, viewQuery } from "./currentView";
import { accountSecret, deviceSecret } from "./secrets";

/** What the browser loads. It is served as it is, from the package itself: nothing builds it. */
const folder = join(dirname(require.resolve("apsaramq-mqtt-emulator/package.json")), "page", "static");

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing but the page's own files, no markup made by a script, and no other site around or behind it. */
const headers = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
} as const;

/** The page for people, to be registered among the control paths, whose rules on hosts and origins hold for it. */
export function pageRoutes(service: Service) {
  return async (server: FastifyInstance): Promise<void> => {
    server.addHook("onRequest", async (_, reply) => void reply.headers(headers));
    server.get("/", (_, reply) => sendFile(reply, "index.html"));
    for (const file of readdirSync(folder)) server.get(`/page/${file}`, (_, reply) => sendFile(reply, file));
    server.get("/page/choices", choices);
    server.get("/page/view", ({ query, headers }, reply) => {
      const body = JSON.stringify(currentView(service, viewQuery(query, "")));
      const tag = `"${createHash("sha1").update(body).digest("base64url")}"`;
      // The time is beside the view and not in it, so that a view in which nothing has happened stays the same.
      reply.header("etag", tag).header("emulator-time", service.clock.now());
      if (headers["if-none-match"] === tag) return reply.code(304).send();
      return reply.type("application/json").send(body);
    });
    for (const [url, secret] of [
      ["/page/secret", deviceSecret],
      ["/page/account-secret", accountSecret],
    ] as const) {
      server.post(url, { onRequest: refuseNoOrigin }, ({ body }, reply) => {
        reply.header("cache-control", "no-store");
        return secret(service, parseJson(body));
      });
    }
  };
}

function sendFile(reply: FastifyReply, file: string): FastifyReply {
  return reply.type(contentTypes[extname(file)] ?? "application/octet-stream").send(readFileSync(join(folder, file)));
}

/** That an origin, if there is one, is this one has been checked: a browser sends it with every POST. */
async function refuseNoOrigin({ headers: { origin } }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (origin === undefined) await reply.code(403).send({ error: "secrets are shown to the emulator's page only" });
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw new DecodeError("the body must be JSON");
  }
}
