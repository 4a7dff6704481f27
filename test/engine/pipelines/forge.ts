import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Comment {
  readonly id: number;
  /** The pull request, merge request or issue that it stands at. */
  readonly at: string;
  readonly author: number;
  body: string;
}

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly labels: readonly string[];
  body: string;
  isOpen: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Who the token of a job belongs to, and somebody else. */
const [self, other] = [41, 7];
export const token = "planted-forge-token";
/** By which a machine of GitHub's asks for a job's identity, and what it gets. */
export const runnerToken = "planted-runner-token";
export const identity = "header.claims.signature";

/** What of GitHub's and GitLab's APIs the workflows use: comments and issues. */
export class Forge {
  readonly issues: Issue[] = [];
  readonly #comments: Comment[] = [];
  /** Requests that it does not know, or that nobody has signed: there must be none. */
  readonly refused: string[] = [];
  readonly #server = createServer(async (request, response) => {
    const answer = await this.#answer(request);
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  });

  static async start(): Promise<Forge> {
    const forge = new Forge();
    forge.#server.listen(0, "127.0.0.1");
    await once(forge.#server, "listening");
    return forge;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The bodies of the comments at a pull request, a merge request or an issue. */
  comments(at: string): string[] {
    return this.#comments.filter((comment) => comment.at === at).map(({ body }) => body);
  }

  /** Other people talk there too, more than a page of it. */
  chat(at: string, body: string): void {
    for (let index = 0; index < 101; index++) this.#comment(at, body, other);
  }

  async #answer(request: IncomingMessage): Promise<unknown> {
    const { method, headers } = request;
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    const body = await text(request);
    const fields: Fields = body === "" ? {} : JSON.parse(body);
    const call = `${method} ${pathname}`;
    if (call === "GET /token" && headers.authorization === `bearer ${runnerToken}`) {
      return searchParams.get("audience") === "sts.aliyuncs.com" ? { value: identity } : {};
    }
    const isSigned = headers["private-token"] === token || headers.authorization === `token ${token}`;
    const answer = isSigned
      ? (this.#ofComments(call, fields) ?? this.#ofIssues(call, fields, searchParams))
      : undefined;
    if (answer === undefined) this.refused.push(call);
    if (!Array.isArray(answer)) return answer;
    const [page, size] = ["page", "per_page"].map((name) => Number(searchParams.get(name)));
    return page && size ? answer.slice((page - 1) * size, page * size) : answer;
  }

  #ofComments(call: string, { body }: Fields): unknown {
    if (call === "GET /user") return { id: self };
    const [, verb, at = ""] =
      /^(GET|POST) \/(?:repos\/acme\/plant|projects\/1)\/(?:merge_requests\/)?(.+)\/(?:comments|notes)$/.exec(call) ??
      [];
    if (verb === "POST") return this.#comment(numberIn(at), String(body), self);
    if (verb === "GET") {
      const some = this.#comments.filter((comment) => comment.at === numberIn(at));
      return some.map(({ id, author, body }) => {
        const login = author === self ? "github-actions[bot]" : "somebody";
        return { id, body, user: { login }, author: { id: author } };
      });
    }
    const [, id] =
      /^(?:PATCH \/repos\/acme\/plant\/issues\/comments|PUT \/projects\/1\/merge_requests\/\d+\/notes)\/(\d+)$/.exec(
        call,
      ) ?? [];
    const comment = this.#comments.find((one) => String(one.id) === id && one.author === self);
    if (comment) comment.body = String(body);
    return comment && {};
  }

  #ofIssues(call: string, fields: Fields, query: URLSearchParams): unknown {
    const [, verb, number] =
      /^(GET|POST|PATCH|PUT) \/(?:repos\/acme\/plant|projects\/1)\/issues(?:\/(\d+))?$/.exec(call) ?? [];
    const { title, labels, state, state_event: event } = fields;
    const body = fields.body ?? fields.description;
    if (verb === "GET") {
      const label = query.get("labels") ?? "";
      const some = this.issues.filter((issue) => issue.isOpen && issue.labels.includes(label));
      return /^open(ed)?$/.test(query.get("state") ?? "")
        ? some.map((issue) => ({ number: issue.number, iid: issue.number, title: issue.title }))
        : undefined;
    }
    if (verb === "POST") {
      const given = Array.isArray(labels) ? labels.map(String) : [String(labels)];
      this.issues.push({
        ...{ number: this.issues.length + 100, title: String(title), labels: given },
        ...{ body: String(body), isOpen: true },
      });
      return {};
    }
    const issue = this.issues.find((one) => String(one.number) === number);
    if (!issue) return undefined;
    if (body !== undefined) issue.body = String(body);
    if (state === "closed" || event === "close") issue.isOpen = false;
    return {};
  }

  #comment(at: string, body: string, author: number): unknown {
    this.#comments.push({ id: this.#comments.length + 1, at, author, body });
    return {};
  }
}

function numberIn(path: string): string {
  return path.replace(/^issues\//, "");
}
