import { type Action, action, type Context } from "../action";
import { ServiceError } from "../errors";
import { anyText, groupId, tagList } from "../gateway/parameters";
import type { Data } from "../gateway/rendering";
import type { Group, Instance, Tag } from "../state";
import { groupCodes, ownInstance } from "./ownInstance";

interface Target {
  readonly InstanceId: string;
  readonly GroupId: string;
}

/** Names are shared by all instances whose naming is not independent (documented for `IndependentNaming`). */
function instancesSharingNames({ state }: Context, instance: Instance): Instance[] {
  if (instance.properties.independentNaming) return [instance];
  return state.instances.values().filter((other) => !other.properties.independentNaming);
}

function create(context: Context, { InstanceId, GroupId, Tag }: Target & { readonly Tag: readonly Tag[] }): Data {
  const instance = ownInstance(context, InstanceId, groupCodes);
  const taken = instancesSharingNames(context, instance).find((other) => other.groups.has(GroupId));
  if (taken !== undefined) {
    const isOwn = taken.properties.accountId === context.accountId;
    throw new ServiceError(isOwn ? "GroupIdAlreadyExsited" : "GroupIdAlreadyUsedByOtherUsers");
  }
  instance.groups.set(GroupId, { groupId: GroupId, createTime: context.now, updateTime: context.now, tags: Tag });
  return {};
}

function remove(context: Context, { InstanceId, GroupId }: Target): Data {
  const { deleteMissingGroup, deleteGroupWithCredentials } = context.state.assumptions;
  const instance = ownInstance(context, InstanceId, groupCodes);
  if (!instance.groups.has(GroupId)) throw new ServiceError(deleteMissingGroup);
  if (deleteGroupWithCredentials === "refused" && instance.credentials.of(GroupId).size > 0) {
    throw new ServiceError("DeleteGroupIdError");
  }
  instance.groups.delete(GroupId);
  if (deleteGroupWithCredentials === "removesCredentials") instance.credentials.deleteGroup(GroupId);
  return {};
}

function list(
  context: Context,
  { InstanceId, Tag }: { readonly InstanceId: string; readonly Tag: readonly Tag[] },
): Data {
  const instance = ownInstance(context, InstanceId, groupCodes);
  const carriesAll = (group: Group) =>
    Tag.every((wanted) => group.tags.some((tag) => tag.key === wanted.key && tag.value === wanted.value));
  return {
    Data: instance.groups
      .values()
      .filter(carriesAll)
      .map((group) => ({
        GroupId: group.groupId,
        InstanceId,
        IndependentNaming: instance.properties.independentNaming,
        CreateTime: group.createTime,
        UpdateTime: group.updateTime,
        Tags: group.tags.map((tag) => ({ TagKey: tag.key, TagValue: tag.value })),
      })),
  };
}

const common = { callsPerSecond: 10, invalidParameter: "ParameterFieldCheckFailed" } as const;

export const groupActions: Readonly<Record<string, Action>> = {
  CreateGroupId: action({
    ...common,
    methods: ["POST"],
    object: "GroupId",
    parameters: { InstanceId: anyText, GroupId: groupId, Tag: tagList },
    handler: create,
  }),
  DeleteGroupId: action({
    ...common,
    methods: ["POST"],
    object: "GroupId",
    parameters: { InstanceId: anyText, GroupId: groupId },
    handler: remove,
  }),
  ListGroupId: action({
    ...common,
    methods: ["GET", "POST"],
    object: null,
    parameters: { InstanceId: anyText, Tag: tagList },
    handler: list,
  }),
};
