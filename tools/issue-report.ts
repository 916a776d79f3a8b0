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
const longest = 60_000;

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const { values } = parseArgs({ options: { report: string, run: string, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const report = readFileSync(required(values.report, "--report"), "utf8");
  const body = [
    marker,
    "Published results were run again on a clean machine, and some came out differently. Both environments:",
    fenced(report),
    `Try it: \`npm run ticketbench -- verify results --sample N --seed DATE\` with the seed above.`,
    values.run === undefined ? "" : `The run: ${values.run}`,
  ].join("\n\n");
  console.log(
    await stickIssue(githubFrom(process.env), marker, label, "Published results did not come out again", body),
  );
  return 0;
}

/** The end of a text in a code block that nothing in it can close. */
function fenced(text: string): string {
  const shown = text.length > longest ? `...\n${text.slice(-longest)}` : text;
  const longestFence = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longestFence + 1);
  return `${fence}text\n${shown.trimEnd()}\n${fence}`;
}

await script("issue:report", main);
