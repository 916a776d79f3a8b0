/** `npm run issue:report`: opens or updates the one issue about results that did not come out again. For workflows. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { githubFrom } from "./github/api.ts";
import { stickIssue } from "./github/sticky.ts";
import { required, script } from "./script.ts";

const USAGE = `npm run issue:report -- --report FILE [--run URL]

  --report  what ticketbench verify printed
  --run     address of the run
Reads GITHUB_REPOSITORY, GITHUB_TOKEN and GITHUB_API_URL.`;

const marker = "<!-- ticketbench-reproduction -->";
const label = "reproduction";
const title = "Published results did not come out again";
const longest = 60_000;

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const { values } = parseArgs({ options: { report: string, run: string, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const report = readFileSync(required(values.report, "--report"), "utf8");
  const body = bodyOf(report, values.run);
  console.log(await stickIssue(githubFrom(process.env), marker, label, title, body));
  return 0;
}

/** The issue: how many do not hold, the report with both environments of each, what its words mean, and how to try it. */
function bodyOf(report: string, run: string | undefined): string {
  const bad = report.match(/^(DIFFERENT|STALE) /gm)?.length ?? 0;
  const [, sample = "N", seed = "TEXT"] =
    /^verifying (\d+) of \d+ results, drawn with --seed ([\w.-]+)$/m.exec(report) ?? [];
  return [
    marker,
    `**${bad} of ${sample} published results do not hold.** They were run again on a clean machine; what was published and what came out, with both environments:`,
    fenced(report),
    "* `DIFFERENT`: the re-run measured something else, or the file says of itself what its cell's id does not. Look at the file's history, then at what the environments do not share.",
    "* `STALE`: today's code, data or start weights make another cell of the same name. Run it again and publish that; it does not replace this result, which stays with its commit.",
    `Try it:\n\n\`\`\`sh\nnpm run ticketbench -- verify results --sample ${sample} --seed ${seed}\n\`\`\``,
    ...(run === undefined ? [] : [`The run: ${run}`]),
  ].join("\n\n");
}

/** The beginning of a text in a code block that nothing in it can close. */
function fenced(text: string): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}\n...` : text;
  const longestFence = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longestFence + 1);
  return `${fence}text\n${shown.trimEnd()}\n${fence}`;
}

await script("issue:report", main);
