import type { Action } from "./action";
import { caCertificateActions } from "./operations/caCertificates";
import { customAuthConnectBlackActions } from "./operations/customAuthConnectBlacks";
import { customAuthIdentityActions } from "./operations/customAuthIdentities";
import { customAuthPermissionActions } from "./operations/customAuthPermissions";
import { deviceCertificateActions } from "./operations/deviceCertificates";
import { deviceCredentialActions } from "./operations/deviceCredentials";
import { disasterActions } from "./operations/disasters";
import { groupActions } from "./operations/groups";
import { instanceActions } from "./operations/instances";
import { messageActions } from "./operations/messages";
import { serverNameActions } from "./operations/serverNames";
import { sessionActions } from "./operations/sessions";
import { tagActions } from "./operations/tags";
import { tokenActions } from "./operations/tokens";
import { traceActions } from "./operations/traces";

/** The version of the API all actions belong to. */
export const apiVersion = "2020-04-20";

/** Every action the emulator answers, by name. */
export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    ...caCertificateActions,
    ...customAuthConnectBlackActions,
    ...customAuthIdentityActions,
    ...customAuthPermissionActions,
    ...deviceCertificateActions,
    ...deviceCredentialActions,
    ...disasterActions,
    ...groupActions,
    ...instanceActions,
    ...messageActions,
    ...serverNameActions,
    ...sessionActions,
    ...tagActions,
    ...tokenActions,
    ...traceActions,
  }),
);
