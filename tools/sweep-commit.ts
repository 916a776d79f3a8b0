/**
 * `npm run sweep:commit`: commits what a sweep added to `results/` to a branch of its own and pushes it, for a maintainer
 * to merge. Nothing else is committed, and where nothing is new nothing is pushed.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { required, ScriptError, script } from "./script.ts";

const USAGE = `npm run sweep:commit -- --pull NUMBER --merge COMMIT --run ID [--remote ADDRESS]

  --pull    the pull request whose methods were run
  --merge   the merge commit that they were run at
  --run     the workflow's run: the branch is sweep/pr-NUMBER-ID
  --remote  where the branch is pushed (default: this repository on GitHub)
Reads GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_TOKEN, without --remote.`;

const AUTHOR = ["user.name=github-actions[bot]", "user.email=41898282+github-actions[bot]@users.noreply.github.com"];

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const options = { pull: string, merge: string, run: string, remote: string };
  const { values } = parseArgs({ options: { ...options, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const pull = matching(values.pull, "--pull", /^\d+$/);
  const merge = matching(values.merge, "--merge", /^[0-9a-f]{40}$/);
  const branch = `sweep/pr-${pull}-${matching(values.run, "--run", /^[\w-]+$/)}`;
  const remote = values.remote ?? remoteFrom(process.env);
  git("add", "--", "results");
  if (git("diff", "--cached", "--name-only") === "") {
    console.log("no result is new: nothing is committed");
    return Promise.resolve(0);
  }
  git("checkout", "--quiet", "-b", branch);
  const author = AUTHOR.flatMap((setting) => ["-c", setting]);
  git(...author, "commit", "--quiet", "-m", `Results of pull request ${pull} at ${merge}`, "--", "results");
  git("push", "--quiet", remote, `HEAD:refs/heads/${branch}`);
  console.log(`pushed ${branch}`);
  return Promise.resolve(0);
}

function matching(value: string | undefined, option: string, form: RegExp): string {
  const given = required(value, option);
  if (!form.test(given)) throw new ScriptError(`${option} ${given}: expected ${form.source}`);
  return given;
}

/** The repository that a workflow runs in, with its token. */
function remoteFrom({ GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_TOKEN }: NodeJS.ProcessEnv): string {
  const server = required(GITHUB_SERVER_URL, "GITHUB_SERVER_URL");
  const repository = required(GITHUB_REPOSITORY, "GITHUB_REPOSITORY");
  const address = new URL(`${server}/${repository}.git`);
  address.username = "x-access-token";
  address.password = required(GITHUB_TOKEN, "GITHUB_TOKEN");
  return address.href;
}

/** Runs git; its words are not told where it fails, since one of them may hold the token. */
function git(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", words, { encoding: "utf8" });
  if (status !== 0)
    throw new ScriptError(`git ${words[0] === "-c" ? "commit" : words[0]} failed: ${withoutToken(stderr)}`);
  return stdout.trim();
}

function withoutToken(text: string): string {
  return text.trim().replaceAll(/\/\/[^/\s]*@/g, "//");
}

await script("sweep:commit", main);
