import { Claims } from "../../machine/claims";
import type { Settings } from "../settings";
import {
  actions,
  type ConnectBlack,
  type Identity,
  type IdentityKey,
  type Permission,
  type PermissionKey,
} from "./actions";
import { CaCertificates } from "./caCertificates";
import { type ClientSurroundings, serviceClient } from "./client";
import { ChangeableCustomAuth, CustomAuth } from "./customAuth";
import { connectBlackSort } from "./customAuthConnectBlacks";
import { identitySort } from "./customAuthIdentities";
import { permissionSort } from "./customAuthPermissions";
import { DeviceCertificates } from "./deviceCertificates";
import { DeviceCredentials } from "./deviceCredentials";
import { Groups } from "./groups";
import { Sessions } from "./sessions";
import type { WalkContext } from "./walk";

/** ApsaraMQ for MQTT as the resources see it: objects and verbs, no wire. */
export interface MqttService {
  readonly groups: Groups;
  readonly credentials: DeviceCredentials;
  readonly certificates: DeviceCertificates;
  readonly identities: ChangeableCustomAuth<IdentityKey, Identity>;
  readonly permissions: ChangeableCustomAuth<PermissionKey, Permission>;
  readonly connectBlacks: CustomAuth<ConnectBlack, ConnectBlack>;
  readonly cas: CaCertificates;
  readonly sessions: Sessions;
  /** Closes all connections. */
  close(): Promise<void>;
}

export function connectService(settings: Settings, surroundings: ClientSurroundings & WalkContext): MqttService {
  const client = serviceClient(settings, surroundings);
  const groups = new Groups(client.call, surroundings);
  const claims = new Claims();
  const { host } = settings.endpoint;
  return {
    groups,
    credentials: new DeviceCredentials(client, groups, surroundings, claims, host),
    certificates: new DeviceCertificates(client.call, surroundings),
    identities: new ChangeableCustomAuth(
      actions.updateCustomAuthIdentity,
      identitySort,
      client.call,
      surroundings,
      claims,
      host,
    ),
    permissions: new ChangeableCustomAuth(
      actions.updateCustomAuthPermission,
      permissionSort,
      client.call,
      surroundings,
      claims,
      host,
    ),
    connectBlacks: new CustomAuth(connectBlackSort, client.call, surroundings, claims, host),
    cas: new CaCertificates(client.call, surroundings, claims, host),
    sessions: new Sessions(client.call, settings.regionId),
    close: () => client.close(),
  };
}
