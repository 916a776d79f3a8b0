import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Written {
  readonly id: number;
  readonly number: number;
  body: string;
  title?: string;
  labels?: string[];
  readonly user: { readonly type: string };
  readonly html_url: string;
}

/** A GitHub for tests, on this machine alone: one repository with comments, issues, pull requests and an artifact. */
export class PretendGithub {
  readonly comments: Written[] = [];
  readonly issues: Written[] = [];
  pulls: { number: number; head: { sha: string } }[] = [];
  artifact: Uint8Array | null = null;
  /** What people may do, by login. */
  roles: Readonly<Record<string, string>> = {};
  /** Queries of the requests for pull requests, as they arrived. */
  readonly asked: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then((answer) => {
        response.statusCode = answer === undefined ? 404 : 200;
        response.end(answer instanceof Uint8Array ? answer : JSON.stringify(answer ?? {}));
      });
    });
  }

  /** Starts to listen; the environment of a workflow that talks to it. */
  async open(): Promise<NodeJS.ProcessEnv> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    return { GITHUB_API_URL: `http://127.0.0.1:${port}`, GITHUB_REPOSITORY: "owner/name", GITHUB_TOKEN: "secret" };
  }

  close(): void {
    this.#server.close();
  }

  add(kind: "comments" | "issues", body: string, type = "Bot"): Written {
    const number = 100 + this.comments.length + this.issues.length;
    const written = { id: number, number, body, user: { type }, html_url: `https://example.org/${number}` };
    this[kind].push(written);
    return written;
  }

  async #answer(request: IncomingMessage): Promise<unknown> {
    if (request.headers.authorization !== "Bearer secret") return undefined;
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    const path = pathname.replace("/repos/owner/name", "");
    const page = (items: readonly unknown[]): unknown[] => {
      const [size, number] = [Number(searchParams.get("per_page")), Number(searchParams.get("page"))];
      return items.slice((number - 1) * size, number * size);
    };
    if (request.method === "GET" && path === "/pulls") {
      this.asked.push(searchParams.get("head") ?? "");
      return this.pulls;
    }
    if (request.method === "GET" && path === "/issues/7/comments") return page(this.comments);
    if (request.method === "GET" && path === "/issues") return page(this.issues);
    const login = /^\/collaborators\/([^/]+)\/permission$/.exec(path)?.[1];
    if (login !== undefined) return { role_name: this.roles[decodeURIComponent(login)] ?? "read" };
    if (path === "/actions/runs/42/artifacts") {
      const size_in_bytes = this.artifact?.length ?? 0;
      return { artifacts: this.artifact === null ? [] : [{ id: 5, size_in_bytes, expired: false }] };
    }
    if (path === "/actions/artifacts/5/zip") return this.artifact;
    return this.#write(request.method ?? "", path, JSON.parse(await textOf(request)) as Partial<Written>);
  }

  #write(method: string, path: string, change: Partial<Written>): unknown {
    if (method === "POST" && /^\/issues\/\d+\/comments$/.test(path)) return this.add("comments", change.body ?? "");
    if (method === "POST" && path === "/issues") return Object.assign(this.add("issues", ""), change);
    const id = Number(path.split("/").at(-1));
    const written = [...this.comments, ...this.issues].find((one) => one.id === id);
    return method === "PATCH" && written ? Object.assign(written, change) : undefined;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
