import Credential, { CLIProfileCredentialsProvider, Config as CredentialConfig } from "@alicloud/credentials";
import OpenApi, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import pRetry from "p-retry";
import { kindOf } from "../errors";
import type { Limiters } from "../limiters";
import type { OperatorKeys, Settings } from "../settings";
import type { Action } from "./actions";
import { Answer } from "./answer";
import { type CallContext, noOperatorKeys, toProviderError } from "./failures";

/** What a blocked source address is answered: the gateway's code without a limit's name (inferred). */
const addressBlockedCode = "Throttling";
/** How long all requests wait then. When a block ends is not documented, so one looks so often. */
const addressBlockMs = 10_000;

/** How long throttled or lost requests are repeated, all attempts together. */
const retryDeadlineMs = 120_000;
/** A connection that fails this often in a row is reported; a throttled request goes on until the deadline. */
const transientRetries = 3;

/** Sends one action about one object; throws `MqttProviderError` only. */
export type Call = <Request, Result>(
  action: Action<Request, Result>,
  request: Request,
  object: string,
) => Promise<Result>;

/** The only code that talks to the service. */
export function serviceClient(settings: Settings, limiters: Limiters): Call {
  let connection: { readonly credential: Credential; readonly api: OpenApi } | undefined;
  const runtime = new RuntimeOptions({
    readTimeout: settings.requestTimeoutMs,
    connectTimeout: settings.requestTimeoutMs,
    autoretry: false,
  });

  async function send<Request, Result>(action: Action<Request, Result>, request: Request, context: CallContext) {
    try {
      connection ??= connect(settings);
      await connection.credential.getCredential();
    } catch {
      // The library's message may quote the file it read, keys included, so it is dropped.
      throw noOperatorKeys(context, keySource(settings.keys));
    }
    const { api } = connection;
    if (action.limit === "groups") {
      await limiters.groups();
    }
    await limiters.general();
    try {
      const response = await api.callApi(
        new Params({
          action: action.name,
          version: "2020-04-20",
          protocol: "HTTPS",
          pathname: "/",
          method: action.method,
          authType: "AK",
          style: "RPC",
          reqBodyType: "formData",
          bodyType: "json",
        }),
        new OpenApiRequest({ query: action.query(request) }),
        runtime,
      );
      return action.decode(new Answer(response.body));
    } catch (error) {
      const failure = toProviderError(error, context);
      if (failure.code === addressBlockedCode) {
        limiters.block(addressBlockMs);
      }
      throw failure;
    }
  }

  return (action, request, object) => {
    const context = { action: action.name, object, endpoint: settings.endpoint.origin, mutates: action.mutates };
    return pRetry(() => send(action, request, context), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 200,
      maxTimeout: 5_000,
      randomize: true,
      maxRetryTime: retryDeadlineMs,
      shouldRetry: ({ error, retriesConsumed }) => mayRepeat(error, retriesConsumed),
    });
  };
}

function connect(settings: Settings) {
  const credential = operatorCredential(settings.keys);
  const api = new OpenApi(
    new Config({
      credential,
      endpoint: settings.endpoint.host,
      protocol: settings.endpoint.protocol.slice(0, -1),
      regionId: settings.regionId,
      userAgent: "pulumi-apsaramq-mqtt",
    }),
  );
  return { credential, api };
}

/** A write with an unclear outcome is never repeated here: whoever asked for it looks first (settled.ts). */
function mayRepeat(error: Error & { unclear?: unknown }, retriesConsumed: number): boolean {
  const kind = kindOf(error);
  return kind === "Throttled" || (kind === "Transient" && !error.unclear && retriesConsumed < transientRetries);
}

function operatorCredential(keys: OperatorKeys): Credential {
  switch (keys.from) {
    case "keys":
      return new Credential(new CredentialConfig({ type: keys.securityToken ? "sts" : "access_key", ...keys }));
    case "profile":
      return new Credential(null, CLIProfileCredentialsProvider.builder().withProfileName(keys.profile).build());
    case "default chain":
      return new Credential();
  }
}

function keySource(keys: OperatorKeys): string {
  switch (keys.from) {
    case "keys":
      return "the configuration";
    case "profile":
      return `the profile ${JSON.stringify(keys.profile)} of the Alibaba Cloud CLI`;
    case "default chain":
      return "the environment, an OIDC role, the Alibaba Cloud CLI's profile, or an instance role";
  }
}
