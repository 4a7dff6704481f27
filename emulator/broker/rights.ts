import * as customAuth from "../access/customAuth";
import { isGranted, type TokenKind, type TokenRights, tokenRights } from "../access/tokens";
import type { Service } from "../service/service";
import type { Instance } from "../state/state";

export type Operation = "PUB" | "SUB";

/** What a client that is logged in may do. Asked at each use, so that what is taken away is gone at once. */
export interface Rights {
  /** @param topic a topic to publish to, a topic filter to subscribe to */
  may(operation: Operation, topic: string): boolean;
  /** Takes another token in the place of the one of its kind; false if it is not valid, or the client has no tokens. */
  renewToken(kind: string, token: string): boolean;
}

/** Key pairs, device credentials and certificates are good for every topic of the instance. */
export const allTopics: Rights = { may: () => true, renewToken: () => false };

/** The rights of a custom user name and its client, by the permissions there are. */
export function customRights(service: Service, instance: Instance, client: customAuth.CustomClient): Rights {
  return {
    may: (operation, topic) => customAuth.may(instance, client, operation, topic, service.state.assumptions),
    renewToken: () => false,
  };
}

/** The rights of a client's tokens, or undefined unless its password is made of valid ones only (documented). */
export function rightsOfTokens(service: Service, instance: Instance, password: string): Rights | undefined {
  const tokens = parseTokens(password);
  const grantOf = (kind: TokenKind, text: string): TokenRights | undefined =>
    tokenRights(instance, { text, kind }, { now: service.clock.now(), assumptions: service.state.assumptions });
  const grants = () => [...(tokens ?? [])].flatMap(([kind, text]) => grantOf(kind, text) ?? []);
  if (tokens === undefined || grants().length < tokens.size) return undefined;
  return {
    may: (operation, topic) => isGranted(grants(), operation, topic),
    renewToken: (name, text) => {
      const kind = kindOf(name);
      if (kind === undefined || grantOf(kind, text) === undefined) return false;
      tokens.set(kind, text);
      return true;
    },
  };
}

/** `R|token`, `W|token`, `RW|token`, joined by `|` in any order, each kind at most once (documented). */
function parseTokens(password: string): Map<TokenKind, string> | undefined {
  const parts = password.split("|");
  const tokens = new Map<TokenKind, string>();
  for (let index = 0; index < parts.length; index += 2) {
    const kind = kindOf(parts[index]);
    const text = parts[index + 1];
    if (kind === undefined || text === undefined || tokens.has(kind)) return undefined;
    tokens.set(kind, text);
  }
  return tokens;
}

function kindOf(name: string | undefined): TokenKind | undefined {
  return (["R", "W", "RW"] as const).find((kind) => kind === name);
}
