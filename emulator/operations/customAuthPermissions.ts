import { ServiceError } from "../facts/errors";
import { compositeKey } from "../facts/identifiers";
import { parentTopicOf } from "../facts/topics";
import type { CustomAuthPermission, IdentityType } from "../state/state";
import { type Action, action, type Context } from "./action";
import {
  checkCapacity,
  checkedClientId,
  customAuthAction,
  customAuthInstance,
  filter,
  heldRules,
  pagedParameters,
} from "./customAuthAccess";
import { type Data, done } from "./envelope";
import { pageAfter } from "./paging";
import { anyText, choice, optionalChoice, optionalText, topicFilter } from "./parameterRules";

interface Target {
  readonly InstanceId: string;
  readonly IdentityType: IdentityType;
  readonly Identity: string;
  readonly Topic: string;
}

interface Permission extends Target {
  readonly PermitAction: CustomAuthPermission["permitAction"];
  readonly Effect: CustomAuthPermission["effect"];
}

function keyOf(context: Context, { IdentityType, Identity, Topic }: Target): string {
  if (IdentityType === "CLIENT") checkedClientId(context, "Identity", Identity);
  return compositeKey(IdentityType, Identity, Topic);
}

function recordOf(permission: Permission): CustomAuthPermission {
  return {
    identityType: permission.IdentityType,
    identity: permission.Identity,
    topic: permission.Topic,
    permitAction: permission.PermitAction,
    effect: permission.Effect,
  };
}

/** The parent topic must be there already (documented). */
function add(context: Context, permission: Permission): Data {
  const instance = customAuthInstance(context, permission.InstanceId);
  const { customAuthPermissions: permissions } = instance;
  const key = keyOf(context, permission);
  if (!instance.properties.topics.includes(parentTopicOf(permission.Topic))) {
    throw new ServiceError("InvalidParameter.%s", "Topic");
  }
  if (!permissions.has(key)) {
    checkCapacity(instance, heldRules(instance));
  } else if (context.state.assumptions.addExistingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "Topic");
  }
  permissions.set(key, recordOf(permission));
  return done;
}

function update(context: Context, permission: Permission): Data {
  const { customAuthPermissions: permissions } = customAuthInstance(context, permission.InstanceId);
  const key = keyOf(context, permission);
  if (!permissions.has(key) && context.state.assumptions.updateMissingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "Topic");
  }
  permissions.set(key, recordOf(permission));
  return done;
}

function remove(context: Context, target: Target): Data {
  const { customAuthPermissions: permissions } = customAuthInstance(context, target.InstanceId);
  if (!permissions.delete(keyOf(context, target)) && context.state.assumptions.deleteMissingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "Topic");
  }
  return done;
}

interface Query {
  readonly InstanceId: string;
  readonly IdentityType: IdentityType | undefined;
  readonly Identity: string | undefined;
  readonly Topic: string | undefined;
  readonly Size: number;
  readonly NextToken: string;
}

function query(context: Context, { InstanceId, IdentityType, Identity, Topic, Size, NextToken }: Query): Data {
  const { customAuthPermissions } = customAuthInstance(context, InstanceId);
  const [isType, isIdentity, isTopic] = [filter(IdentityType), filter(Identity), filter(Topic)];
  const { records, nextToken } = pageAfter(
    NextToken,
    Size,
    customAuthPermissions,
    ({ identityType, identity, topic }) => isType(identityType) && isIdentity(identity) && isTopic(topic),
  );
  const Results = records.map((permission) => ({
    IdentityType: permission.identityType,
    Identity: permission.identity,
    Topic: permission.topic,
    PermitAction: permission.permitAction,
    Effect: permission.effect,
  }));
  return { ...done, Data: { Results, NextToken: nextToken } };
}

const identityTypeFilter = optionalChoice("USER", "CLIENT");
const target = {
  InstanceId: anyText,
  IdentityType: choice("USER", "CLIENT"),
  Identity: anyText,
  Topic: topicFilter,
} as const;
const permission = {
  ...target,
  PermitAction: choice("PUB", "SUB", "PUB_SUB"),
  Effect: choice("ALLOW", "DENY"),
} as const;
const write = { ...customAuthAction, methods: ["POST"], object: "Identity" } as const;

export const customAuthPermissionActions: Readonly<Record<string, Action>> = {
  AddCustomAuthPermission: action({ ...write, parameters: permission, handler: add }),
  UpdateCustomAuthPermission: action({ ...write, parameters: permission, handler: update }),
  DeleteCustomAuthPermission: action({ ...write, parameters: target, handler: remove }),
  QueryCustomAuthPermission: action({
    ...customAuthAction,
    methods: ["GET"],
    object: "Identity",
    parameters: {
      ...pagedParameters,
      IdentityType: identityTypeFilter,
      Identity: optionalText,
      Topic: optionalText,
    },
    handler: query,
  }),
};
