import type { Socket } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { nothingElse, refusalOfPage } from "../access/webPages";
import { controlRoutes } from "../control/control";
import { ServiceError } from "../facts/errors";
import { handleRequest, refuseRequest } from "../gateway/gateway";
import type { Answer } from "../gateway/rendering";
import type { GatewayRequest } from "../gateway/request";
import type { Service } from "../service/service";

const bodyLimit = 1024 * 1024;
/** The certificate actions carry two PEM texts in the query. */
const maxHeaderSize = 64 * 1024;
/** Each may hold a body in memory. */
const maxConnections = 1024;

/** How long a client may take, in milliseconds: one that dawdles is answered 408 and cut off. */
export interface Patience {
  readonly headersMs: number;
  /** Headers and body together. */
  readonly requestMs: number;
  /** How often clients are looked after. */
  readonly checkEveryMs: number;
}

const defaultPatience: Patience = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 1_000 };

/** Requests are checked by code of its own: the schema compilers would cost a third of the start. */
const schemaController = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } };

function noSchemas(): never {
  throw new Error("routes have no schemas");
}

/** The HTTP side: control paths under `/_emulator`, everything else is the service's gateway. */
export function createServer(service: Service, allowed = nothingElse, patience = defaultPatience): FastifyInstance {
  const server = fastify({
    bodyLimit,
    schemaController,
    requestTimeout: patience.requestMs,
    http: {
      maxHeaderSize,
      headersTimeout: patience.headersMs,
      connectionsCheckingInterval: patience.checkEveryMs,
    },
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  });
  server.server.maxConnections = maxConnections;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.register(controlRoutes(service), { prefix: "/_emulator" });
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const refusal = refusalOfPage(request.headers, allowed);
    if (refusal !== undefined) return sendRefusal(reply, refusal);
    const outcome = await handleRequest(service, toGatewayRequest(request));
    if (outcome.send === "all") return sendAnswer(reply, outcome.answer);
    reply.hijack();
    if (outcome.send === "half") return sendHalf(reply, outcome.answer);
    const { socket } = request.raw;
    if (outcome.send === "cut") socket.destroy();
    if (outcome.whenOver !== undefined) onceClosed(socket, outcome.whenOver);
  };
  server.all("/*", serve);
  server.setNotFoundHandler(serve);
  server.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    await sendAnswer(reply, refuseRequest(service, request.host, httpRefusal(error)));
  });
  return server;
}

/** The service has no such refusal: this one is the emulator's own. */
async function sendRefusal(reply: FastifyReply, refusal: string): Promise<void> {
  const Message = `${refusal} (--allow-host, --allow-origin)`;
  await reply.code(403).send({ Code: "RefusedByEmulator", Message });
}

/** What HTTP itself refuses is the client's mistake; anything else is passed on as it is. */
function httpRefusal(error: Error & { statusCode?: number }): Error {
  if (error.statusCode === undefined || error.statusCode >= 500) return error;
  return error.statusCode === 413
    ? new ServiceError("RequestEntityTooLarge")
    : new ServiceError("InvalidParameter.%s", "Body");
}

async function sendAnswer(reply: FastifyReply, { status, contentType, headers = {}, body }: Answer): Promise<void> {
  await reply.code(status).header("content-type", contentType).headers(headers).send(body);
}

/** What is sent begins like the answer; the rest never comes. */
function sendHalf(reply: FastifyReply, { status, contentType, headers = {}, body }: Answer): void {
  const bytes = Buffer.from(body);
  reply.raw.writeHead(status, { "content-type": contentType, ...headers, "content-length": bytes.length });
  reply.raw.flushHeaders();
  reply.raw.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
}

function onceClosed(socket: Socket, work: () => void): void {
  if (socket.closed) work();
  else socket.once("close", work);
}

function toGatewayRequest(request: FastifyRequest): GatewayRequest {
  const [path = "/", ...query] = request.raw.url?.split("?") ?? [];
  return {
    method: request.method,
    path,
    query: query.join("?"),
    headers: new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    address: request.ip,
  };
}
