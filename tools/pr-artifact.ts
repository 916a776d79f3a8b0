/** `npm run pr:artifact`: fetches the zip archive that a pull request's run uploaded, unopened. For workflows. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { artifactLimits } from "@ticketbench/results/node";
import { z } from "zod";
import { githubFrom } from "./github/api.ts";
import { finishedRun } from "./github/pull-request.ts";
import { required, ScriptError, script } from "./script.ts";

const USAGE = `npm run pr:artifact -- --event FILE [--name NAME] [--to FILE]

  --event  the workflow_run event ($GITHUB_EVENT_PATH)
  --name   name of the artifact (default: preview)
  --to     where the archive goes (default: artifact.zip)
Reads GITHUB_REPOSITORY, GITHUB_TOKEN and GITHUB_API_URL.`;

const listSchema = z.object({
  artifacts: z.array(z.object({ id: z.int(), size_in_bytes: z.int(), expired: z.boolean() })),
});

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const defaults = { name: { ...string, default: "preview" }, to: { ...string, default: "artifact.zip" } };
  const { values } = parseArgs({ options: { event: string, ...defaults, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const run = finishedRun(required(values.event, "--event"));
  const github = githubFrom(process.env);
  const path = `/actions/runs/${run.id}/artifacts?name=${encodeURIComponent(values.name)}`;
  const { artifacts } = await github.request(listSchema, "GET", path);
  const artifact = artifacts.find(({ expired }) => !expired);
  if (artifact === undefined) throw new ScriptError(`${run.html_url}: it uploaded no artifact "${values.name}"`);
  writeFileSync(values.to, await github.download(`/actions/artifacts/${artifact.id}/zip`, artifactLimits.archiveBytes));
  console.log(`${values.to}: the artifact of ${run.html_url}`);
  return 0;
}

await script("pr:artifact", main);
