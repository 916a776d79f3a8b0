/** `npm run pr:comment`: puts a text on a pull request as its one comment of that kind. For workflows. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { commentLimit, commentMarker, quietMarker } from "@ticketbench/results";
import { githubFrom } from "./github/api.ts";
import { finishedRun, pullRequestOf } from "./github/pull-request.ts";
import { stickComment } from "./github/sticky.ts";
import { required, ScriptError, script } from "./script.ts";

const USAGE = `npm run pr:comment -- --event FILE --body FILE

  --event  the workflow_run event ($GITHUB_EVENT_PATH)
  --body   the comment, as pr:verdict prints it
Reads GITHUB_REPOSITORY, GITHUB_TOKEN and GITHUB_API_URL.`;

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const { values } = parseArgs({ options: { event: string, body: string, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const run = finishedRun(required(values.event, "--event"));
  const file = required(values.body, "--body");
  const body = readFileSync(file, "utf8").trim();
  if (!body.startsWith(commentMarker)) throw new ScriptError(`${file}: not a comment that pr:verdict printed`);
  if (Buffer.byteLength(body) > commentLimit) throw new ScriptError(`${file}: longer than ${commentLimit} bytes`);
  const rules = { marker: commentMarker, onlyInPlace: body.includes(quietMarker) };
  const github = githubFrom(process.env);
  const number = await pullRequestOf(github, run);
  if (number === null) console.log(`no open pull request has ${run.head_sha} as its head any more: nothing is written`);
  else console.log((await stickComment(github, number, body, rules)) ?? "nothing to tell, and nothing to take back");
  return 0;
}

await script("pr:comment", main);
