import { text } from "./fields";

/** The instance that holds the object; every kind has it. */
export const instanceId = text({
  required: true,
  replaces: true,
  missing: "is required: give it here, or for all resources by `pulumi config set apsaramq:instanceId <instance id>`",
  default: "the provider's `instanceId`, else `apsaramq:instanceId`",
  fault: (value) =>
    /^[0-9A-Za-z_-]+$/.test(value) ? undefined : "must be an instance id such as mqtt-cn-... or post-cn-...",
});
