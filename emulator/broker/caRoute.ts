import type { FastifyInstance } from "fastify";

/** The CA by which clients know the broker, for download. It is no secret, so anybody may ask. */
export function caRoute(ca: string) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get("/ca.pem", (_, reply) => reply.type("application/x-pem-file").send(ca));
  };
}
