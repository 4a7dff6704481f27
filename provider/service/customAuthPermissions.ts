import { actions, type InInstance, type Permission, type PermissionKey } from "./actions";
import type { CustomAuthSort } from "./customAuth";

export type { Permission };
export type PermissionRef = InInstance<PermissionKey>;

/** What usernames and client ids may do on topics. */
export const permissionSort: CustomAuthSort<PermissionKey, Permission> = {
  text: ({ username, clientId, topic }) =>
    `rule of ${username === undefined ? `client ${clientId}` : username} on topic ${topic}`,
  name: ({ username, clientId, topic }) => JSON.stringify([username, clientId, topic]),
  query: actions.queryCustomAuthPermissions,
  add: actions.addCustomAuthPermission,
  remove: actions.deleteCustomAuthPermission,
};
