import { ServiceError } from "../facts/errors";
import type { Group, Instance, Tag } from "../state/state";
import { type Action, action, type Context } from "./action";
import type { Data } from "./envelope";
import { groupCodes, ownInstance } from "./ownInstance";
import { anyText, groupId, tagList, tagsInJson } from "./parameterRules";

interface Target {
  readonly InstanceId: string;
  readonly GroupId: string;
}

/** Newer clients send `Tag.N.Key` and `Tag.N.Value`, the SDKs of 2025 one text `Tags`. */
interface TagParameters {
  readonly Tag: readonly Tag[];
  readonly Tags: readonly Tag[];
}

/** Names are shared by all instances whose naming is not independent (documented for `IndependentNaming`). */
function instancesSharingNames({ state }: Context, instance: Instance): Instance[] {
  if (instance.properties.independentNaming) return [instance];
  return state.instances.values().filter((other) => !other.properties.independentNaming);
}

function create(context: Context, { InstanceId, GroupId, Tag, Tags }: Target & TagParameters): Data {
  const instance = ownInstance(context, InstanceId, groupCodes);
  const taken = instancesSharingNames(context, instance).find((other) => other.groups.has(GroupId));
  if (taken !== undefined) {
    const isOwn = taken.properties.accountId === context.accountId;
    throw new ServiceError(isOwn ? "GroupIdAlreadyExsited" : "GroupIdAlreadyUsedByOtherUsers");
  }
  const { now } = context;
  instance.groups.set(GroupId, { groupId: GroupId, createTime: now, updateTime: now, tags: [...Tag, ...Tags] });
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

function list(context: Context, { InstanceId, Tag, Tags }: TagParameters & { readonly InstanceId: string }): Data {
  const instance = ownInstance(context, InstanceId, groupCodes);
  const carriesAll = (group: Group) =>
    [...Tag, ...Tags].every((wanted) => group.tags.some((tag) => tag.key === wanted.key && tag.value === wanted.value));
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

/** At most 100 (documented). */
const tagParameters = { Tag: tagList(0, 100), Tags: tagsInJson } as const;
const common = { callsPerSecond: 10, invalidParameter: "ParameterFieldCheckFailed" } as const;

export const groupActions: Readonly<Record<string, Action>> = {
  CreateGroupId: action({
    ...common,
    methods: ["POST"],
    object: "GroupId",
    parameters: { InstanceId: anyText, GroupId: groupId, ...tagParameters },
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
    parameters: { InstanceId: anyText, ...tagParameters },
    handler: list,
  }),
};
