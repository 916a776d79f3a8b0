/**
 * `npm run pr:verdict`: the comment on a pull request, from the artifact that its run uploaded. The artifact is a
 * stranger's: it is read as data, in memory, and refused as a whole where anything in it is wrong.
 */
import { parseArgs } from "node:util";
import { commentLimit, nothingComment, ResultError, refusalComment, verdictComment } from "@ticketbench/results";
import { readArtifact, readResults } from "@ticketbench/results/node";
import { required, script } from "./script.ts";

const USAGE = `npm run pr:verdict -- --artifact FILE.zip [--base FOLDER] [--site URL] [--run URL]

Prints the comment as Markdown. Exit code 2 where the artifact is refused: then the comment says why.
  --artifact  what the pull request's run uploaded
  --base      the published results (default: results)
  --site      where the leaderboard is served, for a link to its compare page
  --run       address of the run, for a link to it`;

const separator = "\n\n---\n\n";

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const options = { artifact: string, base: { ...string, default: "results" }, site: string, run: string };
  const { values } = parseArgs({ options: { ...options, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const run = values.run === undefined ? {} : { run: values.run };
  const baseline = (await readResults(values.base)).map(({ result }) => result);
  const artifact = await readArtifact(required(values.artifact, "--artifact")).catch((error: unknown) => {
    if (error instanceof ResultError) return error;
    throw error;
  });
  if (artifact instanceof ResultError) {
    console.log(refusalComment(artifact.message, run));
    console.error(`pr:verdict: ${artifact.message}`);
    return 2;
  }
  if (artifact.methods.length === 0) {
    console.log(nothingComment(run));
    return 0;
  }
  const room = Math.floor(commentLimit / artifact.methods.length) - separator.length;
  const comments = artifact.methods.map(({ id, conformance }) => {
    const links = { ...run, ...(values.site === undefined ? {} : { compare: comparePage(values.site, id) }) };
    return verdictComment({ method: id, results: artifact.results, baseline, conformance, links }, room);
  });
  console.log(comments.join(separator));
  return 0;
}

function comparePage(site: string, method: string): string {
  const query = new URLSearchParams({ a: method, b: method === "magnitude" ? "random" : "magnitude" });
  return `${site.replace(/\/$/, "")}/compare?${query.toString()}`;
}

await script("pr:verdict", main);
