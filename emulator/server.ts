import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { controlRoutes } from "./control";
import { handleRequest } from "./gateway/gateway";
import type { GatewayRequest } from "./gateway/request";
import type { Service } from "./service";

const bodyLimit = 1024 * 1024;

/** The HTTP side: control paths under `/_emulator`, everything else is the service's gateway. */
export function createServer(service: Service): FastifyInstance {
  const server = fastify({ bodyLimit, forceCloseConnections: true, exposeHeadRoutes: false });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.register(controlRoutes(service), { prefix: "/_emulator" });
  server.all("/*", async (request, reply) => {
    const answer = await handleRequest(service, toGatewayRequest(request));
    if (answer === undefined) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    return reply.code(answer.status).header("content-type", answer.contentType).send(answer.body);
  });
  return server;
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
