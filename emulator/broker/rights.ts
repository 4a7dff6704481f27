import * as customAuth from "../access/customAuth";
import { isGranted, type TokenKind, type TokenRights, tokenRights } from "../access/tokens";
import { parentTopicOf } from "../facts/topics";
import type { Service } from "../service/service";
import type { Instance } from "../state/state";

export type Operation = "PUB" | "SUB";

/** What a client that is logged in may do. Asked at each use, so that what is taken away is gone at once. */
export interface Rights {
  /** @param topic a topic to publish to, a topic filter to subscribe to */
  may(operation: Operation, topic: string): boolean;
  /** Whether it may do something with any topic below a parent topic. */
  maySomewhere(operation: Operation, parentTopic: string): boolean;
  /** What it takes to be permitted something. */
  readonly expectation: string;
  /** The tokens they stand on, if they do. */
  readonly tokens: ClientTokens | undefined;
}

/** Key pairs, device credentials and certificates are good for every topic of the instance. */
export const allTopics: Rights = {
  may: () => true,
  maySomewhere: () => true,
  expectation: "nothing",
  tokens: undefined,
};

/** The rights of a custom user name and its client, by the permissions there are. */
export function customRights(service: Service, instance: Instance, client: customAuth.CustomClient): Rights {
  const may = (operation: Operation, topic: string) =>
    customAuth.may(instance, client, operation, topic, service.state.assumptions);
  return {
    may,
    maySomewhere: may,
    expectation: `a permission for the user name ${client.username} or the client id is expected`,
    tokens: undefined,
  };
}

/** The rights of a client's tokens, or undefined unless its password is made of valid ones only (documented). */
export function rightsOfTokens(service: Service, instance: Instance, password: string): Rights | undefined {
  const parsed = parseTokens(password);
  if (parsed === undefined) return undefined;
  const tokens = new ClientTokens(service, instance, parsed);
  if (tokens.grants().length < parsed.size) return undefined;
  return {
    may: (operation, topic) => isGranted(tokens.grants(), operation, topic),
    maySomewhere: (operation, parentTopic) => tokens.grants().some((grant) => reaches(grant, operation, parentTopic)),
    expectation: "a valid token of the client for this topic and use is expected",
    tokens,
  };
}

function reaches({ topics, mayRead, mayWrite }: TokenRights, operation: Operation, parentTopic: string): boolean {
  return (operation === "PUB" ? mayWrite : mayRead) && topics.some((topic) => parentTopicOf(topic) === parentTopic);
}

/** The tokens of a client that is connected, at most one of each kind. */
export class ClientTokens {
  readonly #service: Service;
  readonly #instance: Instance;
  readonly #tokens: Map<TokenKind, string>;

  constructor(service: Service, instance: Instance, tokens: Map<TokenKind, string>) {
    this.#service = service;
    this.#instance = instance;
    this.#tokens = tokens;
  }

  /** What those that are valid allow. */
  grants(): TokenRights[] {
    return [...this.#tokens].flatMap(([kind, text]) => this.#grantOf(kind, text) ?? []);
  }

  /** Takes another token in the place of the one of its kind; false if it is not valid. */
  renew(name: string, text: string): boolean {
    const kind = kindOf(name);
    if (kind === undefined || this.#grantOf(kind, text) === undefined) return false;
    this.#tokens.set(kind, text);
    return true;
  }

  /** The kind a token is presented as, or undefined for one that is not among them. */
  kindOf(text: string): TokenKind | undefined {
    return [...this.#tokens].find(([, token]) => token === text)?.[0];
  }

  /** The one that is the first to expire. */
  firstToExpire(): { readonly kind: TokenKind; readonly expireTime: number } | undefined {
    const times = [...this.#tokens].flatMap(([kind, text]) => {
      const token = this.#instance.tokens.get(text);
      return token === undefined ? [] : [{ kind, expireTime: token.expireTime }];
    });
    return times.sort((a, b) => a.expireTime - b.expireTime)[0];
  }

  #grantOf(kind: TokenKind, text: string): TokenRights | undefined {
    const { clock, state } = this.#service;
    return tokenRights(this.#instance, { text, kind }, { now: clock.now(), assumptions: state.assumptions });
  }
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
