import type { Assumptions } from "../facts/assumptions";
import { covers } from "../facts/topics";
import type { Instance, Token, TokenActions } from "../state/state";

/** How a client presents a token in its password: `R|token`, `W|token` or `RW|token` (documented). */
export type TokenKind = "R" | "W" | "RW";

/** What a valid token allows. */
export interface TokenRights {
  /** Topics and topic filters. */
  readonly topics: readonly string[];
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

const kindOf: Readonly<Record<TokenActions, TokenKind>> = { R: "R", W: "W", "R,W": "RW" };

/** A revoked token is gone; an expired one may still be there. */
export function isTokenValid(token: Token | undefined, now: number): boolean {
  return token !== undefined && now < token.expireTime;
}

/** The rights a token gives as it is presented, or undefined when it is not valid so. */
export function tokenRights(
  { tokens }: Instance,
  { text, kind }: { readonly text: string; readonly kind: TokenKind },
  { now, assumptions }: { readonly now: number; readonly assumptions: Assumptions },
): TokenRights | undefined {
  const token = tokens.get(text);
  if (token === undefined || !isTokenValid(token, now)) return undefined;
  const granted = kindOf[token.actions];
  const isPresentable = assumptions.tokenKind === "exact" ? kind === granted : granted.includes(kind);
  if (!isPresentable) return undefined;
  return { topics: token.topics, mayRead: kind.includes("R"), mayWrite: kind.includes("W") };
}

/** Whether rights reach a topic to publish to, or a topic filter to subscribe to. */
export function isGranted(rights: readonly TokenRights[], operation: "PUB" | "SUB", topic: string): boolean {
  return rights.some(
    ({ topics, mayRead, mayWrite }) =>
      (operation === "PUB" ? mayWrite : mayRead) && topics.some((filter) => covers(filter, topic)),
  );
}
