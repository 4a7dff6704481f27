import { actions, type Identity, type IdentityKey, type InInstance } from "./actions";
import type { CustomAuthSort } from "./customAuth";

export type { Identity };
export type IdentityRef = InInstance<IdentityKey>;

/** Usernames, and usernames with one client id, that may log in with a secret of their own. */
export const identitySort: CustomAuthSort<IdentityKey, Identity> = {
  text: ({ username, clientId }) =>
    clientId === undefined ? `identity ${username}` : `identity ${username} of client ${clientId}`,
  name: ({ username, clientId }) => JSON.stringify([username, clientId]),
  query: actions.queryCustomAuthIdentities,
  add: actions.addCustomAuthIdentity,
  remove: actions.deleteCustomAuthIdentity,
};
