import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLI = join(ROOT, "packages/bench/src/cli.ts");

/** The commands of this project in a shell script or a document: those of npm, npx, nx and ticketbench, one a line. */
export function commandsIn(text: string): string[] {
  const joined = text.replaceAll(/\\\n\s*/g, " ");
  const pattern = /(?:^|[\s(`$])((?:npm (?:run|test|ci)|npx|node tools\/)[^\n`|;&)]*)/gm;
  return [...joined.matchAll(pattern)].map(([, command]) => (command ?? "").replace(/\s+#.*$/, "").trim());
}

function scripts(): Readonly<Record<string, string>> {
  return (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts;
}

const helpTexts = new Map<string, string>();

/** What `ticketbench <words> --help` prints; a command that there is not prints the help of the whole. */
function helpOf(words: readonly string[]): string {
  const key = words.join(" ");
  const known = helpTexts.get(key);
  if (known !== undefined) return known;
  const { stdout, stderr } = spawnSync(process.execPath, [CLI, ...words, "--help"], { encoding: "utf8" });
  helpTexts.set(key, stdout + stderr);
  return stdout + stderr;
}

/** What is wrong with a command of ticketbench: a subcommand or an option that there is not. */
function ticketbenchProblem(words: readonly string[]): string | null {
  const name: string[] = [];
  for (const word of words) {
    const isCommand = helpOf(name).match(new RegExp(`^  ${word.replaceAll(/[^\w-]/g, "")}( |$)`, "m"));
    if (!/^[a-z-]+$/.test(word) || !isCommand || word.startsWith("-")) break;
    name.push(word);
  }
  if (name.length === 0 && words[0] !== undefined && !words[0].startsWith("-"))
    return `no command ticketbench ${words[0]}`;
  const help = helpOf(name);
  const unknown = words
    .filter((word) => /^--[a-z]/.test(word))
    .find((word) => !help.includes(word.split("=")[0] ?? ""));
  return unknown === undefined ? null : `ticketbench ${name.join(" ")} has no ${unknown}`;
}

/** What is wrong with an npm script's words: an option that its help does not name. */
function scriptProblem(name: string, words: readonly string[]): string | null {
  const script = scripts()[name];
  if (script === undefined) return `no npm script "${name}"`;
  if (script.includes("bench/src/cli.ts")) {
    const first = /cli\.ts ?(.*)$/.exec(script)?.[1] ?? "";
    return ticketbenchProblem([...(first === "" ? [] : [first]), ...words]);
  }
  const file = /^node (\S+\.ts)$/.exec(script)?.[1];
  if (file === undefined) return null;
  const text = readFileSync(join(ROOT, file), "utf8");
  const unknown = words.filter((word) => /^--[a-z]/.test(word)).find((word) => !text.includes(word));
  return unknown === undefined ? null : `npm run ${name} has no ${unknown}`;
}

/** Why a command of a document or a workflow cannot be: a script, command, option or file that there is not. Null: it can. */
export function problemOf(command: string): string | null {
  const words = (command.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).filter((word) => word !== "--silent" && word !== "-s");
  const [program, first, second] = words;
  const rest = words.filter((word) => word !== "--");
  if (program === "npm" && (first === "test" || first === "ci")) return null;
  if (program === "npm" && first === "run") return scriptProblem(second ?? "", rest.slice(3));
  if (program === "node") return existsSync(join(ROOT, first ?? "")) ? null : `no file ${first}`;
  if (first === "ticketbench") return ticketbenchProblem(rest.slice(2));
  return existsSync(join(ROOT, "node_modules/.bin", first ?? "")) ? null : `${first} is not installed here`;
}
