import { customClientIdFault, effects, permitActions, topicFault, usernameFault } from "./customAuth";
import { choice, type Fault, type Given, text } from "./fields";
import { takeOverChoices } from "./ifExists";
import { instanceId } from "./instanceId";
import { outline } from "./outline";

const inputs = {
  /**
   * Instance that the rule belongs to, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`, else
   * `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /**
   * Username that the rule is about, at most 64 characters. Default: none, the rule is about `clientId`. A change
   * replaces the resource.
   */
  username: text({ replaces: true, default: "none, the rule is about `clientId`", fault: usernameFault }),
  /**
   * Client id that the rule is about, at most 64 characters. Default: none, the rule is about `username`. A change
   * replaces the resource.
   */
  clientId: text({ replaces: true, default: "none, the rule is about `username`", fault: customClientIdFault }),
  /**
   * Topic, 3 to 64 characters with its subtopics; `+` for a level and `#` for the rest, but not in the first level, a
   * parent topic that the instance has already. A change replaces the resource.
   */
  topic: text({ required: true, replaces: true, fault: topicFault }),
  /** What the rule is about: `"PUB"`, publishing; `"SUB"`, subscribing; `"PUB_SUB"`, both. */
  permitAction: choice(permitActions, { required: true }),
  /** Whether the rule allows it, `"ALLOW"`, or forbids it, `"DENY"`. Which of several rules counts is not documented. */
  effect: choice(effects, { required: true }),
  /**
   * What to do when there is a rule for the same topic and the same username or client id. `"fail"`: an error that
   * names the ways out. `"adopt"`: takes it over and makes it as declared; `apsaramq:ifExists rotate` does the same.
   * Default: `apsaramq:ifExists`, else `"fail"`.
   */
  ifExists: choice(takeOverChoices, { onlyAt: "create", default: '`apsaramq:ifExists`, else `"fail"`' }),
};

export const customAuthPermission = outline({
  name: "CustomAuthPermission",
  inputs,
  outputs: {},
  key: ["instanceId", "username", "clientId", "topic"],
  faults,
  actions: [
    "QueryCustomAuthPermission",
    "AddCustomAuthPermission",
    "UpdateCustomAuthPermission",
    "DeleteCustomAuthPermission",
  ],
  reads: ["QueryCustomAuthPermission"],
  errors: {
    InvalidInput: "In preview: neither `username` nor `clientId`, or both.",
    Conflict: 'Create: there is such a rule and `ifExists` is `"fail"`.',
  },
});

function faults({ username, clientId }: Given<typeof inputs>): Fault[] {
  if (username === undefined && clientId === undefined) {
    return [{ path: "username", fault: "or clientId is required" }];
  }
  return username !== undefined && clientId !== undefined
    ? [{ path: "clientId", fault: "must not be given together with username: a rule is about one of them" }]
    : [];
}
