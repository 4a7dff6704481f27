import { ServiceError } from "../facts/errors";
import { compositeKey } from "../facts/identifiers";
import { SortedMap } from "../foundation/sortedMap";
import type { Instance, Tag } from "../state/state";
import { type Action, action, type Context } from "./action";
import { type Data, doneInText } from "./envelope";
import { credentialCodes, ownInstance } from "./ownInstance";
import { pageAfter } from "./paging";
import { choice, optionalFlag, pageToken, tagList, textList } from "./parameterRules";

/** Of a resource, and of a call (documented). */
const maxTags = 20;
/** How many a page of a listing holds; see the assumption `tagPage`. */
const pageRecords = 50;

interface Target {
  readonly ResourceId: readonly string[];
}

/** All resources are checked before any is changed. */
function ownInstances(context: Context, { ResourceId }: Target): Instance[] {
  return ResourceId.map((instanceId) => ownInstance(context, instanceId, credentialCodes));
}

const written = { Code: doneInText.Code, Message: doneInText.Message, Data: true } as const;

function tag(context: Context, { Tag, ...target }: Target & { readonly Tag: readonly Tag[] }): Data {
  const instances = ownInstances(context, target);
  for (const { tags } of instances) {
    if (new Set([...tags.keys(), ...Tag.map(({ key }) => key)]).size > maxTags) {
      throw new ServiceError("ParameterCheckFailed");
    }
  }
  for (const { tags } of instances) for (const given of Tag) tags.set(given.key, given);
  return written;
}

interface Removal extends Target {
  readonly TagKey: readonly string[];
  readonly All: boolean;
}

/** `All` counts only when no key is named (documented). */
function untag(context: Context, { TagKey, All, ...target }: Removal): Data {
  for (const { tags } of ownInstances(context, target)) {
    const keys = All && TagKey.length === 0 ? tags.keys() : TagKey;
    for (const key of keys) tags.delete(key);
  }
  return written;
}

interface Listing extends Target {
  readonly Tag: readonly Tag[];
  readonly NextToken: string;
}

/** Resources and tags must not both be left out (documented). */
function list(context: Context, { ResourceId, Tag, NextToken }: Listing): Data {
  if (ResourceId.length === 0 && Tag.length === 0) throw new ServiceError("ParameterCheckFailed");
  const rows = new SortedMap<{ readonly instanceId: string; readonly tag: Tag }>();
  for (const { properties, tags } of context.state.instances.values()) {
    const { instanceId, accountId } = properties;
    const isAskedFor = ResourceId.length === 0 || ResourceId.includes(instanceId);
    const carriesAll = Tag.every((wanted) => isLike(wanted, tags.get(wanted.key)));
    if (accountId !== context.accountId || !isAskedFor || !carriesAll) continue;
    for (const tag of tags.values()) rows.set(compositeKey(instanceId, tag.key), { instanceId, tag });
  }
  const isWanted = ({ tag }: { readonly tag: Tag }) => Tag.length === 0 || Tag.some(({ key }) => key === tag.key);
  const { records, nextToken } = pageAfter(NextToken, pageRecords, rows, isWanted);
  return {
    ...doneInText,
    NextToken: nextToken,
    TagResources: records.map(({ instanceId, tag }) => ({
      ResourceId: instanceId,
      ResourceType: "instance",
      TagKey: tag.key,
      TagValue: tag.value,
    })),
  };
}

/** A tag without a value stands for any value. */
function isLike(wanted: Tag, tag: Tag | undefined): boolean {
  return tag !== undefined && (wanted.value === "" || wanted.value === tag.value);
}

const common = {
  methods: ["GET", "POST"],
  callsPerSecond: null,
  object: null,
  invalidParameter: "ParameterCheckFailed",
} as const;
const target = { ResourceType: choice("instance"), ResourceId: textList(1, 100) } as const;

export const tagActions: Readonly<Record<string, Action>> = {
  TagResources: action({ ...common, parameters: { ...target, Tag: tagList(1, maxTags) }, handler: tag }),
  UntagResources: action({
    ...common,
    parameters: { ...target, TagKey: textList(0, 100), All: optionalFlag },
    handler: untag,
  }),
  ListTagResources: action({
    ...common,
    parameters: {
      ...target,
      ResourceId: textList(0, 100),
      Tag: tagList(0, maxTags),
      NextToken: pageToken,
    },
    handler: list,
  }),
};
