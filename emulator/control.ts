import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DecodeError, isoTime, object, optional, text } from "./decode";
import type { Service } from "./service";

const stateBodyLimit = 256 * 1024 * 1024;
const clockDecoder = object({ now: isoTime });
const connectionDecoder = object({ instanceId: text, certificate: text });
const journalDecoder = object({ action: optional(text), since: optional(text) });

/** The control paths, to be registered under `/_emulator`. */
export function controlRoutes(service: Service) {
  return async (server: FastifyInstance): Promise<void> => {
    server.addHook("onRequest", refuseOtherOrigins);
    server.setErrorHandler(answerError);

    server.get("/health", () => ({ status: "ok" }));
    server.post("/reset", () => {
      service.reset();
      return {};
    });

    server.get("/state", () => service.exportState());
    server.put("/state", { bodyLimit: stateBodyLimit }, ({ body }) => {
      service.importState(parseJson(body));
      return {};
    });

    server.get("/journal", ({ query }) => ({ entries: service.journal.entries(journalDecoder(query, "")) }));

    server.get("/clock", () => ({ now: new Date(service.clock.now()).toISOString() }));
    server.put("/clock", ({ body }) => {
      service.setClock(clockDecoder(parseJson(body), "").now);
      return { now: new Date(service.clock.now()).toISOString() };
    });

    server.get("/faults", () => ({ faults: service.faults.list() }));
    server.post("/faults", ({ body }) => service.faults.add(parseJson(body)));
    server.delete("/faults", () => {
      service.faults.clear();
      return {};
    });

    server.post("/tls-connections", ({ body }) => service.connectDevice(connectionDecoder(parseJson(body), "")));

    server.all("/*", (_, reply) => reply.code(404).send({ error: "there is no such control path" }));
  };
}

/** Bodies come as bytes whatever their content type says, so that the shortest `curl -d` works. */
function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString("utf8") : "");
  } catch {
    throw new DecodeError("the body must be JSON");
  }
}

/**
 * These paths are unsigned, so a web page must not reach them: neither by a cross-origin request nor by a name that
 * resolves to this machine (DNS rebinding).
 */
async function refuseOtherOrigins(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { host, origin } = request.headers;
  if (host === undefined || !isLoopback(`http://${host}`)) {
    await reply.code(403).send({ error: "the Host of a control request must be a loopback name" });
  } else if (origin !== undefined && !isLoopback(origin)) {
    await reply.code(403).send({ error: "control requests from other origins are refused" });
  }
}

function isLoopback(url: string): boolean {
  try {
    return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
  } catch {
    return false;
  }
}

async function answerError(
  error: Error & { statusCode?: number },
  _: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const status = error instanceof DecodeError ? 400 : (error.statusCode ?? 500);
  if (status === 500) console.error(error);
  await reply.code(status).send({ error: status === 500 ? "internal error" : error.message });
}
