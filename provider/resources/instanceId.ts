import { text } from "../fields";

/** The instance that holds the object; every kind has it. */
export const instanceId = text({
  required: true,
  replaces: true,
  fault: (value) =>
    /^[0-9A-Za-z_-]+$/.test(value) ? undefined : "must be an instance id such as mqtt-cn-... or post-cn-...",
});
