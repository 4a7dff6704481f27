import { compositeKey } from "../facts/identifiers";
import { integer, list, object, oneOf, optional, text } from "../foundation/decode";
import { optionalTime, recordForm, tagDecoder } from "./recordForms";
import type {
  ClosedAccess,
  CustomAuthConnectBlack,
  CustomAuthIdentity,
  CustomAuthPermission,
  SniCertificate,
  Tag,
  Token,
} from "./state";

/** The JSON forms of tags and of what decides on connections: tokens, custom authentication, server names, networks. */

export const tagForm = recordForm(tagDecoder, {
  build: (seed): Tag => seed,
  seed: (tag) => tag,
  keys: ({ key }) => [key] as const,
});

export const tokenForm = recordForm(
  object({ token: text, topics: list(text), actions: oneOf("R", "W", "R,W"), expireTime: integer(0) }),
  {
    build: (seed): Token => seed,
    seed: (token) => ({ ...token, topics: [...token.topics] }),
    keys: ({ token }) => [token] as const,
  },
);

const identityType = oneOf("USER", "CLIENT");

export const customAuthIdentityForm = recordForm(
  object({ identityType, username: text, clientId: optional(text), signMode: oneOf("SIGNED", "ORIGIN"), secret: text }),
  {
    build: (seed): CustomAuthIdentity => ({ clientId: "", ...seed }),
    seed: ({ clientId, ...identity }) => ({ ...identity, ...(clientId === "" ? {} : { clientId }) }),
    keys: ({ identityType, username, clientId }) => [compositeKey(identityType, username, clientId)] as const,
  },
);

export const customAuthPermissionForm = recordForm(
  object({
    identityType,
    identity: text,
    topic: text,
    permitAction: oneOf("PUB", "SUB", "PUB_SUB"),
    effect: oneOf("ALLOW", "DENY"),
  }),
  {
    build: (seed): CustomAuthPermission => seed,
    seed: (permission) => permission,
    keys: ({ identityType, identity, topic }) => [compositeKey(identityType, identity, topic)] as const,
  },
);

export const customAuthConnectBlackForm = recordForm(object({ clientId: text }), {
  build: (seed): CustomAuthConnectBlack => seed,
  seed: (black) => black,
  keys: ({ clientId }) => [clientId] as const,
});

export const sniCertificateForm = recordForm(object({ domain: text, certificateId: text, password: optional(text) }), {
  build: (seed): SniCertificate => seed,
  seed: (certificate) => certificate,
  keys: ({ domain }) => [domain] as const,
});

export const closedAccessForm = recordForm(object({ network: oneOf("public"), since: optionalTime }), {
  build: (seed, { now }): ClosedAccess => ({ since: now, ...seed }),
  seed: (access) => access,
  keys: ({ network }) => [network] as const,
});
