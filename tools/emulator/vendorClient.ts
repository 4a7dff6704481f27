import OpenApiClient, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";

export interface KeyPair {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

export type Parameters = Readonly<Record<string, string>>;

/** What a refused call says. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const getOnly = /^(GetCa|GetDeviceCertificate|GetRegisterCode|ListCa|ListDeviceCertificate|QueryCustomAuth)/;
const inForm = /^((Add|Update|Delete)CustomAuth|Disaster)/;

/** Actions that take only GET are called so, all others with POST, as the vendor's SDKs do. */
export function methodOf(action: string): string {
  return getOnly.test(action) ? "GET" : "POST";
}

/** The vendor's own client, unmodified; generation "v2" of its setting is the classic signature. */
export class VendorClient {
  readonly #client: OpenApiClient;

  constructor(endpoint: string, keys: KeyPair, generation: "classic" | "acs3" = "acs3") {
    const { accessKeyId, accessKeySecret, securityToken } = keys;
    this.#client = new OpenApiClient(
      new Config({
        accessKeyId,
        accessKeySecret,
        ...(securityToken === undefined ? {} : { securityToken }),
        endpoint: endpoint.replace("http://", ""),
        protocol: "HTTP",
        ...(generation === "classic" ? { signatureAlgorithm: "v2" } : {}),
      }),
    );
  }

  async call<T = Record<string, unknown>>(
    action: string,
    parameters: Parameters = {},
    method = methodOf(action),
  ): Promise<T> {
    const params = new Params({
      action,
      version: "2020-04-20",
      protocol: "HTTP",
      pathname: "/",
      method,
      authType: "AK",
      style: "RPC",
      reqBodyType: "formData",
      bodyType: "json",
    });
    const request = new OpenApiRequest(inForm.test(action) ? { body: parameters } : { query: parameters });
    const answer = await this.#client.callApi(params, request, new RuntimeOptions({}));
    return answer.body;
  }

  /** Expects a refusal and returns what it says. */
  async refusal(action: string, parameters: Parameters = {}, method = methodOf(action)): Promise<Refusal> {
    const failure = await this.call(action, parameters, method).then(
      (body): never => {
        throw new Error(`${action} answered ${JSON.stringify(body)}`);
      },
      (error: { data?: { statusCode: number; Code: string; Message: string } }) => error,
    );
    if (failure.data === undefined) throw failure;
    return { status: failure.data.statusCode, code: failure.data.Code, message: failure.data.Message };
  }
}
