import { actions, type ConnectBlack, type InInstance } from "./actions";
import type { CustomAuthSort } from "./customAuth";

export type BlackRef = InInstance<ConnectBlack>;

/** Client ids that may not connect. */
export const connectBlackSort: CustomAuthSort<ConnectBlack, ConnectBlack> = {
  text: ({ clientId }) => `blacklist entry ${clientId}`,
  name: ({ clientId }) => clientId,
  query: actions.queryCustomAuthConnectBlacks,
  add: actions.addCustomAuthConnectBlack,
  remove: actions.deleteCustomAuthConnectBlack,
};
