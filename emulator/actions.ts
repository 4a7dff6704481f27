import type { Action } from "./action";
import { caCertificateActions } from "./operations/caCertificates";
import { deviceCertificateActions } from "./operations/deviceCertificates";
import { deviceCredentialActions } from "./operations/deviceCredentials";
import { groupActions } from "./operations/groups";
import { instanceActions } from "./operations/instances";
import { sessionActions } from "./operations/sessions";

/** The version of the API all actions belong to. */
export const apiVersion = "2020-04-20";

/** Every action the emulator answers, by name. */
export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    ...caCertificateActions,
    ...deviceCertificateActions,
    ...deviceCredentialActions,
    ...groupActions,
    ...instanceActions,
    ...sessionActions,
  }),
);
