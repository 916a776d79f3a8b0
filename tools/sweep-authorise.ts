/**
 * `npm run sweep:authorise`: lets a label run a pull request on the project's GPUs, or ends with 1: only a maintainer's
 * label counts, and only for the merge commit that the maintainer saw, which it hands to the jobs after it.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { githubFrom } from "./github/api.ts";
import { setOutput } from "./github/output.ts";
import { required, ScriptError, script } from "./script.ts";

const USAGE = `npm run sweep:authorise -- --event FILE [--label NAME]

  --event  the pull_request_target event ($GITHUB_EVENT_PATH)
  --label  the label that counts (default: run:gpu)
Gives merge=COMMIT. Exit code 1 where whoever set the label may not, or there is nothing to merge.
Reads GITHUB_REPOSITORY, GITHUB_TOKEN and GITHUB_API_URL.`;

const eventSchema = z.object({
  action: z.literal("labeled"),
  label: z.object({ name: z.string() }),
  sender: z.object({ login: z.string().regex(/^[\w-]+(\[bot\])?$/) }),
  pull_request: z.object({ number: z.int(), merge_commit_sha: z.string().nullish() }),
});

const MAY_RUN = ["admin", "maintain"];

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const options = { event: string, label: { ...string, default: "run:gpu" } };
  const { values } = parseArgs({ options: { ...options, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const file = required(values.event, "--event");
  const parsed = eventSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success || parsed.data.label.name !== values.label)
    throw new ScriptError(`${file}: no event of a pull request that was labelled ${values.label}`);
  const { sender, pull_request } = parsed.data;
  const path = `/collaborators/${encodeURIComponent(sender.login)}/permission`;
  const { role_name } = await githubFrom(process.env).request(z.object({ role_name: z.string() }), "GET", path);
  if (!MAY_RUN.includes(role_name))
    return refused(`${values.label} was given by ${sender.login}, whose role is ${role_name}: nothing is run`);
  const merge = pull_request.merge_commit_sha ?? "";
  if (!/^[0-9a-f]{40}$/.test(merge))
    return refused(
      `pull request ${pull_request.number} has no merge commit: resolve the conflicts, then label it again`,
    );
  setOutput("merge", merge);
  return 0;
}

function refused(why: string): number {
  console.error(why);
  return 1;
}

await script("sweep:authorise", main);
