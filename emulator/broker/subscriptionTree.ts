import type { ClientSession, Subscription } from "./clientSession";

interface Node {
  readonly children: Map<string, Node>;
  readonly subscriptions: Map<ClientSession, Subscription>;
}

/** A subscription that a topic meets. */
export interface Match {
  readonly session: ClientSession;
  readonly subscription: Subscription;
}

function newNode(): Node {
  return { children: new Map(), subscriptions: new Map() };
}

/** All subscriptions of an instance, by the levels of their topic filters. */
export class SubscriptionTree {
  readonly #root = newNode();

  /** In the place of one of the same session and filter. */
  set(session: ClientSession, subscription: Subscription): void {
    let node = this.#root;
    for (const level of subscription.filter.split("/")) {
      const child = node.children.get(level) ?? newNode();
      node.children.set(level, child);
      node = child;
    }
    node.subscriptions.set(session, subscription);
  }

  delete(session: ClientSession, filter: string): void {
    this.#delete(this.#root, filter.split("/"), session);
  }

  /** Each session once for each of its subscriptions that the topic meets. */
  matches(topic: string): Match[] {
    const found: Match[] = [];
    collect(this.#root, topic.split("/"), 0, found);
    return found;
  }

  /** Branches that nobody needs any more are cut off. */
  #delete(node: Node, [level, ...rest]: readonly string[], session: ClientSession): void {
    if (level === undefined) {
      node.subscriptions.delete(session);
      return;
    }
    const child = node.children.get(level);
    if (child === undefined) return;
    this.#delete(child, rest, session);
    if (child.subscriptions.size === 0 && child.children.size === 0) node.children.delete(level);
  }
}

function collect({ children, subscriptions }: Node, levels: readonly string[], depth: number, found: Match[]): void {
  addAll(children.get("#"), found);
  const level = levels[depth];
  if (level === undefined) {
    for (const [session, subscription] of subscriptions) found.push({ session, subscription });
    return;
  }
  for (const child of [children.get(level), children.get("+")]) {
    if (child !== undefined) collect(child, levels, depth + 1, found);
  }
}

function addAll(node: Node | undefined, found: Match[]): void {
  for (const [session, subscription] of node?.subscriptions ?? []) found.push({ session, subscription });
}
