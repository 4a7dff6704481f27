import { text } from "./fields";

/** What is said of an instance that is named nowhere. */
const rules = {
  required: true,
  missing: "is required: give it here, or for all by `pulumi config set apsaramq:instanceId <instance id>`",
  default: "the provider's `instanceId`, else `apsaramq:instanceId`",
  fault: (value: string) =>
    /^[0-9A-Za-z_-]+$/.test(value) ? undefined : "must be an instance id such as mqtt-cn-... or post-cn-...",
} as const;

/** The instance that holds the object; every kind has it. */
export const instanceId = text({
  ...rules,
  replaces: true,
  missing: "is required: give it here, or for all resources by `pulumi config set apsaramq:instanceId <instance id>`",
});

/** The instance that a function asks. */
export const askedInstanceId = text(rules);
