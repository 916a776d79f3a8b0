import { readFileSync } from "node:fs";
import { z } from "zod";
import { ScriptError } from "../script.ts";
import type { Github } from "./api.ts";

const eventSchema = z.object({
  workflow_run: z.object({
    id: z.int(),
    html_url: z.string(),
    head_sha: z.string().regex(/^[0-9a-f]{40}$/),
    head_branch: z.string().min(1),
    head_repository: z.object({ owner: z.object({ login: z.string().min(1) }) }),
  }),
});

/** The run that a `workflow_run` event tells of. Branch names in it are a stranger's. */
export type FinishedRun = z.output<typeof eventSchema>["workflow_run"];

/** The event of a workflow, from the file that GitHub lays down. */
export function finishedRun(file: string): FinishedRun {
  const parsed = eventSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw new ScriptError(`${file}: no workflow_run event`);
  return parsed.data.workflow_run;
}

const pullSchema = z.object({ number: z.int(), head: z.object({ sha: z.string() }) });

/**
 * The number of the open pull request whose head is the commit that was run; null where it moved on since. The run's own
 * word for its number is not asked: for a fork there is none, and an artifact could hold any.
 */
export async function pullRequestOf(github: Github, run: FinishedRun): Promise<number | null> {
  const head = `${run.head_repository.owner.login}:${run.head_branch}`;
  const pulls = await github.request(z.array(pullSchema), "GET", `/pulls?state=open&head=${encodeURIComponent(head)}`);
  return pulls.find((pull) => pull.head.sha === run.head_sha)?.number ?? null;
}
