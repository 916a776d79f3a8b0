import { z } from "zod";
import type { Github } from "./api.ts";

const pageSize = 100;
const EARLIER = "What this issue said before:";

const comment = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: z.object({ type: z.string() }).nullish(),
});
const issue = comment.extend({ number: z.int(), pull_request: z.unknown().optional() });
const written = z.object({ html_url: z.string() });

/** All pages of a list. */
async function list<T>(github: Github, item: z.ZodType<T>, path: string): Promise<T[]> {
  const found: T[] = [];
  for (let page = 1; ; page++) {
    const query = `${path.includes("?") ? "&" : "?"}per_page=${pageSize}&page=${page}`;
    const items = await github.request(z.array(item), "GET", path + query);
    found.push(...items);
    if (items.length < pageSize) return found;
  }
}

/** A text of ours: written by a bot, and beginning with the marker. Anybody may copy a marker into a comment. */
function isOurs({ body, user }: z.output<typeof comment>, marker: string): boolean {
  return user?.type === "Bot" && body?.startsWith(marker) === true;
}

export interface CommentRules {
  /** What the comment begins with: how the next one finds it. */
  readonly marker: string;
  /** Written in place of an earlier one alone. */
  readonly onlyInPlace?: boolean;
}

/**
 * Writes the one comment of that marker on an issue or pull request: anew, or in place of the last one. Returns its
 * address; null where none was there to take the place of.
 */
export async function stickComment(
  github: Github,
  number: number,
  body: string,
  { marker, onlyInPlace = false }: CommentRules,
): Promise<string | null> {
  const comments = await list(github, comment, `/issues/${number}/comments`);
  const before = comments.find((one) => isOurs(one, marker));
  if (before === undefined && onlyInPlace) return null;
  const { html_url } = before
    ? await github.request(written, "PATCH", `/issues/comments/${before.id}`, { body })
    : await github.request(written, "POST", `/issues/${number}/comments`, { body });
  return html_url;
}

/**
 * Writes the one open issue of that marker and label: anew, or in place of its last text, which is kept as a comment where
 * it was another: what it told of is not mended by what is told now.
 */
export async function stickIssue(
  github: Github,
  marker: string,
  label: string,
  title: string,
  body: string,
): Promise<string> {
  const issues = await list(github, issue, `/issues?state=open&labels=${encodeURIComponent(label)}`);
  const before = issues.find((one) => one.pull_request === undefined && isOurs(one, marker));
  if (before !== undefined && before.body !== body)
    await github.request(written, "POST", `/issues/${before.number}/comments`, {
      body: `${EARLIER}\n\n${before.body}`,
    });
  const { html_url } = before
    ? await github.request(written, "PATCH", `/issues/${before.number}`, { title, body })
    : await github.request(written, "POST", "/issues", { title, body, labels: [label] });
  return html_url;
}
