import { groupIdFault } from "./clientId";
import { choice, flag, map, text } from "./fields";
import { takeOverChoices } from "./ifExists";
import { instanceId } from "./instanceId";
import { outline } from "./outline";

/** Cap of the service on the tags of one request. */
const maxTags = 100;

const inputs = {
  /**
   * Instance that the group belongs to, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`, else
   * `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /**
   * Name of the group, 7 to 64 characters, starting with `GID_` or `GID-`; letters, digits, `-` and `_`. On an instance
   * whose names are not independent it must be unique among all instances that share them. A change replaces the
   * resource.
   */
  groupId: text({ required: true, replaces: true, fault: groupIdFault }),
  /**
   * Tags of the group, at most 100. The service takes them when the group is made and lists them (documented); no
   * action that changes them is documented, TagResources knows instances only. So a change fails until the group has
   * these tags, set in the console. How the service takes them is documented in two ways; they are sent as
   * `Tag.N.Key`, `Tag.N.Value`. Default: left as they are and not watched for drift.
   */
  tags: map(text(), {
    default: "left as they are and not watched for drift",
    fault: (tags) =>
      Object.keys(tags).includes("")
        ? "must have no empty key"
        : Object.keys(tags).length > maxTags
          ? `must hold at most ${maxTags} tags; got ${Object.keys(tags).length}`
          : undefined,
  }),
  /**
   * What to do when the instance has the group already. `"fail"`: an error that names the ways out. `"adopt"`: takes
   * the group over as it is. A group has nothing to rotate: `apsaramq:ifExists rotate` adopts it. Default:
   * `apsaramq:ifExists`, else `"fail"`.
   */
  ifExists: choice(takeOverChoices, { onlyAt: "create", default: '`apsaramq:ifExists`, else `"fail"`' }),
  /**
   * Whether deleting the group also deregisters the credentials that it still has, whoever registered them; each is a
   * billed call. Without it such a group is not deleted. Credentials that the program declares are never taken along.
   * Default: `false`.
   */
  cascade: flag({ onlyAt: "delete", default: "`false`" }),
};

export const group = outline({
  name: "Group",
  inputs,
  outputs: {},
  key: ["instanceId", "groupId"],
  actions: [
    "CreateGroupId",
    "DeleteGroupId",
    "ListGroupId",
    "ListDeviceCredentialClientId",
    "UnRegisterDeviceCredential",
  ],
  reads: ["ListGroupId"],
  onlyWith: {
    UnRegisterDeviceCredential: { cascade: [true] },
  },
  errors: {
    Conflict:
      'Create: the group exists and `ifExists` is `"fail"`. Delete: it has credentials and `cascade` is not `true`, or it has some that the program declares.',
    Unsupported: "Create that adopts, and update: the group has other `tags` than declared.",
  },
});
