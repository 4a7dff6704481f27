import { isTokenValid } from "../access/tokens";
import { ServiceError } from "../facts/errors";
import { newToken } from "../facts/identifiers";
import { isTopicFilter, parentTopicOf } from "../facts/topics";
import type { Instance, TokenActions } from "../state/state";
import { type Action, action, type Context } from "./action";
import type { Data } from "./envelope";
import { credentialCodes, ownInstance } from "./ownInstance";
import { anyText, choice, unixTime } from "./parameterRules";

const minute = 60_000;
const month = 30 * 24 * 3600 * 1000;
const maxTopics = 100;

interface Application {
  readonly InstanceId: string;
  readonly Actions: TokenActions;
  readonly Resources: string;
  readonly ExpireTime: number;
}

function apply(context: Context, { InstanceId, Actions, Resources, ExpireTime }: Application): Data {
  const { now } = context;
  const instance = ownInstance(context, InstanceId, credentialCodes);
  const topics = Resources.split(",");
  checkTopics(context, instance, topics);
  if (ExpireTime < now + minute) throw new ServiceError("ParameterCheckFailed");
  const token = newToken();
  forgetExpired(instance, token, now);
  instance.tokens.set(token, { token, topics, actions: Actions, expireTime: Math.min(ExpireTime, now + month) });
  return { Token: token };
}

function checkTopics({ state }: Context, { properties }: Instance, topics: readonly string[]): void {
  const { unsortedTokenTopics, tokenOfUnknownTopic } = state.assumptions;
  const isSorted = topics.every((topic, index) => index === 0 || (topics[index - 1] ?? "") <= topic);
  if (
    topics.length > maxTopics ||
    !topics.every(isTopicFilter) ||
    (!isSorted && unsortedTokenTopics === "ParameterCheckFailed")
  ) {
    throw new ServiceError("ParameterCheckFailed");
  }
  const areKnown = topics.every((topic) => properties.topics.includes(parentTopicOf(topic)));
  if (!areKnown && tokenOfUnknownTopic === "PermissionCheckFailed") throw new ServiceError("PermissionCheckFailed");
}

/**
 * Looks at two neighbours of the place where a new token goes, which is a random one, and forgets those that are expired:
 * each call adds one and looks at two, so the expired never come to outnumber the valid for long.
 */
function forgetExpired({ tokens }: Instance, token: string, now: number): void {
  for (const neighbour of tokens.values(tokens.indexAfter(token), 2)) {
    if (!isTokenValid(neighbour, now)) tokens.delete(neighbour.token);
  }
}

interface Target {
  readonly InstanceId: string;
  readonly Token: string;
}

function query(context: Context, { InstanceId, Token }: Target): Data {
  const { tokens } = ownInstance(context, InstanceId, credentialCodes);
  return { TokenStatus: isTokenValid(tokens.get(Token), context.now) };
}

function revoke(context: Context, { InstanceId, Token }: Target): Data {
  const { tokens, sessions } = ownInstance(context, InstanceId, credentialCodes);
  const isRevoked = tokens.delete(Token);
  for (const session of isRevoked ? sessions.values() : []) session.tokenRevoked?.(Token);
  if (!isRevoked && context.state.assumptions.revokeUnknownToken === "ParameterCheckFailed") {
    throw new ServiceError("ParameterCheckFailed");
  }
  return {};
}

const actions = choice("R", "W", "R,W");
const common = { object: null, invalidParameter: "ParameterCheckFailed" } as const;
const single = { ...common, parameters: { InstanceId: anyText, Token: anyText } } as const;

export const tokenActions: Readonly<Record<string, Action>> = {
  ApplyToken: action({
    ...common,
    methods: ["POST"],
    callsPerSecond: 100,
    overQuota: "ApplyTokenOverFlow",
    parameters: {
      InstanceId: anyText,
      Actions: actions,
      Resources: anyText,
      ExpireTime: unixTime,
    },
    handler: apply,
  }),
  QueryToken: action({
    ...single,
    methods: ["GET", "POST"],
    callsPerSecond: 100,
    overQuota: "QueryTokenOverFlow",
    handler: query,
  }),
  RevokeToken: action({
    ...single,
    methods: ["POST"],
    callsPerSecond: 5,
    overQuota: "RevokeTokenOverFlow",
    handler: revoke,
  }),
};
