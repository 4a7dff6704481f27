import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopbackHost, nothingElse, refusalOfPage } from "../access/webPages";
import { DecodeError, flag, isoTime, object, text } from "../foundation/decode";
import { pageRoutes } from "../page/routes";
import { journalQuery } from "../service/journal";
import type { Service } from "../service/service";
import { DataFolderError } from "../storage/dataFolderError";
import { controlApiDocument, type OperationName } from "./controlApi";

const stateBodyLimit = 256 * 1024 * 1024;
const clockDecoder = object({ now: isoTime });
const quotasDecoder = object({ enabled: flag });
const connectionDecoder = object({ instanceId: text, certificate: text });

/** Answers an operation; the query, the body and the id of the path, if there are such, are still to be checked. */
type Handler = (body: () => unknown, query: unknown, id: string) => object;

/** The compiler sees to it that what is documented is there, and nothing else. */
function handlers(service: Service): Readonly<Record<OperationName, Handler>> {
  const clock = () => ({ now: new Date(service.clock.now()).toISOString() });
  return {
    "GET /health": () => service.health(),
    "GET /openapi.json": controlApiDocument,
    "POST /reset": () => {
      service.reset();
      return {};
    },
    "GET /state": () => service.exportState(),
    "PUT /state": (body) => {
      service.importState(body());
      return {};
    },
    "POST /groups": (body) => service.addGroup(body()),
    "POST /devices": (body) => service.addDevice(body()),
    "GET /journal": (_, query) => ({ entries: service.journal.entries(journalQuery(query, "")) }),
    "GET /clock": clock,
    "PUT /clock": (body) => {
      service.setClock(clockDecoder(body(), "").now);
      return clock();
    },
    "GET /faults": () => ({ faults: service.faults.list() }),
    "POST /faults": (body) => {
      const request = body();
      return Array.isArray(request) ? { faults: service.faults.addAll(request) } : service.faults.add(request);
    },
    "DELETE /faults": () => {
      service.clearFaults();
      return {};
    },
    "DELETE /faults/{id}": (_body, _query, id) => {
      service.faults.remove(id);
      return {};
    },
    "GET /late-requests": () => ({ requests: service.lateRequests.list() }),
    "POST /late-requests/release": () => ({ requests: service.lateRequests.release() }),
    "GET /quotas": () => service.quotaReport(),
    "PUT /quotas": (body) => {
      service.quotas.setEnabled(quotasDecoder(body(), "").enabled);
      return service.quotaReport();
    },
    "DELETE /quotas/blocks": () => {
      service.quotas.liftBlocks();
      return service.quotaReport();
    },
    "POST /tls-connections": (body) => service.connectDevice(connectionDecoder(body(), "")),
  };
}

/** The control paths, to be registered under `/_emulator`. */
export function controlRoutes(service: Service) {
  return async (server: FastifyInstance): Promise<void> => {
    server.addHook("onRequest", refuseOtherOrigins);
    server.setErrorHandler(answerError);
    for (const [name, handler] of Object.entries(handlers(service))) {
      const [method = "", path = ""] = name.split(" ");
      const url = path.replace("{id}", ":id");
      const limit = name === "PUT /state" ? { bodyLimit: stateBodyLimit } : {};
      server.route<{ Params: { id?: string } }>({
        method,
        url,
        ...limit,
        handler: ({ body, query, params }) => handler(() => parseJson(body), query, params.id ?? ""),
      });
    }
    await server.register(pageRoutes(service));
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
 * These paths are unsigned, so no web page may reach them but the emulator's own. A link to that is followed from anywhere: it
 * loads the page, which nobody but the page then sees.
 */
async function refuseOtherOrigins({ headers, method, url }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!isLoopbackHost(headers.host ?? "")) {
    await reply.code(403).send({ error: "the Host of a control request must be a loopback name" });
  } else if (refusalOfPage(headers, nothingElse) !== undefined) {
    const isLink = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
    if (method === "GET" && url.split("?", 1)[0] === "/_emulator/" && isLink) return;
    await reply.code(403).send({ error: "control requests from other origins are refused" });
  }
}

async function answerError(
  error: Error & { statusCode?: number },
  _: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const status = error instanceof DecodeError ? 400 : (error.statusCode ?? 500);
  const isOwnMistake = status === 500 && !(error instanceof DataFolderError);
  if (isOwnMistake) console.error(error);
  await reply.code(status).send({ error: isOwnMistake ? "internal error" : error.message });
}
