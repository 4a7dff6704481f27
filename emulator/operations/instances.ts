import type { Tag } from "../state/state";
import { type Action, action, type Context } from "./action";
import { type Data, doneInText } from "./envelope";
import { tagsInJson } from "./parameterRules";

/** Status, type, kernel and specification are those of the vendor's example; what the numbers mean is not documented. */
const asInExample = { InstanceStatus: 5, InstanceType: 4, KernelVersion: "V3.3.0", Specific: "mqtt.p2.1xlarge" };

function list({ state, accountId }: Context, { Tags }: { readonly Tags: readonly Tag[] }): Data {
  const instances = state.instances
    .values()
    .filter((instance) => instance.properties.accountId === accountId)
    .filter((instance) => Tags.every(({ key, value }) => instance.tags.get(key)?.value === value));
  return {
    ...doneInText,
    Instances: instances.map(({ properties, tags }) => ({
      ...asInExample,
      InstanceId: properties.instanceId,
      InstanceName: properties.instanceName,
      RegionId: state.regionId,
      OrderId: "",
      CreateTime: properties.createTime,
      ExpireTime: properties.expireTime,
      MqttTags: tags.values().map((tag) => ({ TagKey: tag.key, TagValue: tag.value })),
    })),
  };
}

export const instanceActions: Readonly<Record<string, Action>> = {
  ListInstances: action({
    methods: ["GET", "POST"],
    callsPerSecond: null,
    object: null,
    parameters: { Tags: tagsInJson },
    invalidParameter: "ParameterCheckFailed",
    handler: list,
  }),
};
