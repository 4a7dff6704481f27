import { ServiceError } from "../facts/errors";
import { ownText } from "../foundation/ownText";

/** A request as the gateway sees it, whatever carried it. */
export interface GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Where it came from; the quota per source address counts on it. */
  readonly address: string;
}

/** The same with its parameters read. */
export interface ParsedRequest extends GatewayRequest {
  readonly queryParameters: ReadonlyMap<string, string>;
  /** Query and form together. */
  readonly parameters: ReadonlyMap<string, string>;
}

export function parseRequest(request: GatewayRequest): ParsedRequest {
  const queryParameters = new Map<string, string>();
  collect(queryParameters, request.query);
  const parameters = new Map(queryParameters);
  if (request.body.length > 0) {
    if (!isForm(request.headers.get("content-type") ?? ""))
      throw new ServiceError("InvalidParameter.%s", "ContentType");
    collect(parameters, Buffer.from(request.body).toString("utf8"));
  }
  return { ...request, queryParameters, parameters };
}

function isForm(contentType: string): boolean {
  return contentType.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

/** A parameter given twice has no one meaning, so it is refused. */
function collect(into: Map<string, string>, encoded: string): void {
  for (const [name, value] of new URLSearchParams(encoded)) {
    if (into.has(name)) throw new ServiceError("InvalidParameter.%s", name);
    into.set(ownText(name), ownText(value));
  }
}
