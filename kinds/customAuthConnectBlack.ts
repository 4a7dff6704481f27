import { customClientIdFault } from "./customAuth";
import { choice, text } from "./fields";
import { takeOverChoices } from "./ifExists";
import { instanceId } from "./instanceId";
import { outline } from "./outline";

const inputs = {
  /**
   * Instance that the entry belongs to, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`, else
   * `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /**
   * The client id that may not connect, at most 64 characters; the vendor documents `<GroupId>@@@<DeviceId>`. An entry
   * has no end: it counts until it is removed. A change replaces the resource.
   */
  clientId: text({ required: true, replaces: true, fault: customClientIdFault }),
  /**
   * What to do when the client id is on the blacklist already. `"fail"`: an error that names the ways out. `"adopt"`:
   * takes the entry over; `apsaramq:ifExists rotate` does the same. Default: `apsaramq:ifExists`, else `"fail"`.
   */
  ifExists: choice(takeOverChoices, { onlyAt: "create", default: '`apsaramq:ifExists`, else `"fail"`' }),
};

export const customAuthConnectBlack = outline({
  name: "CustomAuthConnectBlack",
  inputs,
  outputs: {},
  key: ["instanceId", "clientId"],
  actions: ["QueryCustomAuthConnectBlack", "AddCustomAuthConnectBlack", "DeleteCustomAuthConnectBlack"],
  reads: ["QueryCustomAuthConnectBlack"],
  errors: {
    Conflict: 'Create: there is such an entry and `ifExists` is `"fail"`.',
  },
});
