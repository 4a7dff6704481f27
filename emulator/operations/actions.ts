import type { Action } from "./action";
import { caCertificateActions } from "./caCertificates";
import { customAuthConnectBlackActions } from "./customAuthConnectBlacks";
import { customAuthIdentityActions } from "./customAuthIdentities";
import { customAuthPermissionActions } from "./customAuthPermissions";
import { deviceCertificateActions } from "./deviceCertificates";
import { deviceCredentialActions } from "./deviceCredentials";
import { disasterActions } from "./disasters";
import { groupActions } from "./groups";
import { instanceActions } from "./instances";
import { messageActions } from "./messages";
import { serverNameActions } from "./serverNames";
import { sessionActions } from "./sessions";
import { tagActions } from "./tags";
import { tokenActions } from "./tokens";
import { traceActions } from "./traces";

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
