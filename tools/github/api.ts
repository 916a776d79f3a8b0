import { z } from "zod";
import { ScriptError } from "../script.ts";

/** GitHub's REST interface, for the repository a workflow runs in. */
export interface Github {
  /** Repository as "owner/name". */
  readonly repository: string;
  /** A request below `/repos/<repository>`; the answer's JSON, checked. Throws ScriptError for any other status than 2xx. */
  request<T>(answer: z.ZodType<T>, method: string, path: string, body?: object): Promise<T>;
  /** A file, refused above `limit` bytes whatever its length is said to be. */
  download(path: string, limit: number): Promise<Uint8Array>;
}

const environmentSchema = z.object({
  GITHUB_API_URL: z.url().default("https://api.github.com"),
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GITHUB_TOKEN: z.string().min(1),
});

/**
 * The interface as a workflow's environment describes it.
 * @throws ScriptError naming the variable that is missing
 */
export function githubFrom(environment: NodeJS.ProcessEnv): Github {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) throw new ScriptError(`${parsed.error.issues[0]?.path.join()}: not set, or not valid`);
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = parsed.data;
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${api}/repos/${repository}${path}`, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new ScriptError(`GitHub answers ${response.status} to ${method} ${path}`);
    return response;
  };
  return {
    repository,
    request: async (answer, method, path, body) => answer.parse(await (await send(method, path, body)).json()),
    download: async (path, limit) => bytesOf(await send("GET", path), limit),
  };
}

async function bytesOf(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) throw new ScriptError(`a file of more than ${limit} bytes is not downloaded`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
