import { ServiceError } from "../facts/errors";
import { compositeKey } from "../facts/identifiers";
import type { CustomAuthIdentity, IdentityType } from "../state/state";
import { type Action, action, type Context } from "./action";
import {
  checkCapacity,
  checkedClientId,
  customAuthAction,
  customAuthInstance,
  filter,
  pagedParameters,
} from "./customAuthAccess";
import { type Data, done } from "./envelope";
import { pageAfter } from "./paging";
import { anyText, choice, optionalChoice, optionalText, username } from "./parameterRules";

interface Target {
  readonly InstanceId: string;
  readonly IdentityType: IdentityType;
  readonly Username: string;
  readonly ClientId: string | undefined;
}

interface Identity extends Target {
  readonly SignMode: CustomAuthIdentity["signMode"];
  readonly Secret: string;
}

/** The client id is part of the identity of a client only. */
function clientIdOf(context: Context, { IdentityType, ClientId }: Target): string {
  return IdentityType === "CLIENT" ? checkedClientId(context, "ClientId", ClientId) : "";
}

function keyOf(context: Context, target: Target): string {
  return compositeKey(target.IdentityType, target.Username, clientIdOf(context, target));
}

function recordOf(context: Context, identity: Identity): CustomAuthIdentity {
  return {
    identityType: identity.IdentityType,
    username: identity.Username,
    clientId: clientIdOf(context, identity),
    signMode: identity.SignMode,
    secret: identity.Secret,
  };
}

function add(context: Context, identity: Identity): Data {
  const instance = customAuthInstance(context, identity.InstanceId);
  const { customAuthIdentities: identities } = instance;
  const key = keyOf(context, identity);
  if (!identities.has(key)) {
    checkCapacity(instance, identities.size);
  } else if (context.state.assumptions.addExistingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "Username");
  }
  identities.set(key, recordOf(context, identity));
  return done;
}

function update(context: Context, identity: Identity): Data {
  const { customAuthIdentities: identities } = customAuthInstance(context, identity.InstanceId);
  const key = keyOf(context, identity);
  if (!identities.has(key) && context.state.assumptions.updateMissingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "Username");
  }
  identities.set(key, recordOf(context, identity));
  return done;
}

function remove(context: Context, target: Target): Data {
  const { customAuthIdentities: identities } = customAuthInstance(context, target.InstanceId);
  if (!identities.delete(keyOf(context, target)) && context.state.assumptions.deleteMissingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "Username");
  }
  return done;
}

interface Query {
  readonly InstanceId: string;
  readonly IdentityType: IdentityType | undefined;
  readonly Username: string | undefined;
  readonly ClientId: string | undefined;
  readonly Size: number;
  readonly NextToken: string;
}

function query(context: Context, { InstanceId, IdentityType, Username, ClientId, Size, NextToken }: Query): Data {
  const { customAuthIdentities } = customAuthInstance(context, InstanceId);
  const [isType, isUser, isClient] = [filter(IdentityType), filter(Username), filter(ClientId)];
  const { records, nextToken } = pageAfter(
    NextToken,
    Size,
    customAuthIdentities,
    ({ identityType, username, clientId }) => isType(identityType) && isUser(username) && isClient(clientId),
  );
  const Results = records.map((identity) => ({
    IdentityType: identity.identityType,
    Username: identity.username,
    ClientId: identity.clientId,
    SignMode: identity.signMode,
    Secret: identity.secret,
  }));
  return { ...done, Data: { Results, NextToken: nextToken } };
}

const identityTypeFilter = optionalChoice("USER", "CLIENT");
const target = {
  InstanceId: anyText,
  IdentityType: choice("USER", "CLIENT"),
  Username: username,
  ClientId: optionalText,
} as const;
const write = { ...customAuthAction, methods: ["POST"], object: "Username" } as const;
const identity = { ...target, SignMode: choice("SIGNED", "ORIGIN"), Secret: anyText } as const;

export const customAuthIdentityActions: Readonly<Record<string, Action>> = {
  AddCustomAuthIdentity: action({ ...write, parameters: identity, handler: add }),
  UpdateCustomAuthIdentity: action({ ...write, parameters: identity, handler: update }),
  DeleteCustomAuthIdentity: action({ ...write, parameters: target, handler: remove }),
  QueryCustomAuthIdentity: action({
    ...customAuthAction,
    methods: ["GET"],
    object: "Username",
    parameters: {
      ...pagedParameters,
      IdentityType: identityTypeFilter,
      Username: optionalText,
      ClientId: optionalText,
    },
    handler: query,
  }),
};
