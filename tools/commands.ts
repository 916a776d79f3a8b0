import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLI = join(ROOT, "packages/bench/src/cli.ts");

/** The commands of this project in a shell script or a document: those of npm, npx, nx and ticketbench, one a line. */
export function commandsIn(text: string): string[] {
  const joined = text.replaceAll(/\\\n/g, " ");
  const pattern = /(?:^|[\s(`$"])((?:npm (?:run [^\s`]|test|ci)|npx|node tools\/)[^\n`|;&)]*)/gm;
  const plain = (command: string): string =>
    command
      .replace(/\s+#.*$/, "")
      .replaceAll(/\s+/g, " ")
      .trim();
  // In YAML a text may be quoted as a whole.
  return [...joined.matchAll(pattern)].map(([, command]) => plain(command ?? "").replace(/^([^"]*)"$/, "$1"));
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

/** What a script of this repository prints for `--help`. */
function scriptHelp(file: string): string {
  const known = helpTexts.get(file);
  if (known !== undefined) return known;
  const { stdout } = spawnSync(process.execPath, [join(ROOT, file), "--help"], { encoding: "utf8" });
  helpTexts.set(file, stdout);
  return stdout;
}

/** Subcommands that a help text lists, by their first word. */
function subcommandsIn(help: string): string[] {
  const [, list = ""] = help.split(/^Commands:$/m);
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name ?? "");
}

/** What is wrong with a command of ticketbench: a subcommand or an option that there is not. */
function ticketbenchProblem(words: readonly string[]): string | null {
  const name: string[] = [];
  for (const word of words) {
    const known = subcommandsIn(helpOf(name));
    if (known.length === 0 || word.startsWith("-")) break;
    if (!known.includes(word)) {
      return name.length === 0
        ? `no command ticketbench ${word}`
        : `ticketbench ${name.join(" ")} has no command ${word}`;
    }
    name.push(word);
  }
  const unknown = unknownOption(words, helpOf(name));
  return unknown === undefined ? null : `ticketbench ${name.join(" ")} has no ${unknown}`;
}

/** The first option among words that a text does not name. */
function unknownOption(words: readonly string[], text: string): string | undefined {
  const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split("=")[0] ?? "");
  return options.find((option) => !new RegExp(`${option}(?![\\w-])`).test(text));
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
  // Not asked without need: a script that takes no options may not know --help.
  const unknown = words.some((word) => word.startsWith("--")) ? unknownOption(words, scriptHelp(file)) : undefined;
  return unknown === undefined ? null : `npm run ${name} has no ${unknown}`;
}

/** What is wrong with a generator's name, "@ticketbench/prune:method": a package or a generator that there is not. */
function generatorProblem(name: string): string | null {
  const [scope = "", generator = ""] = name.split(":");
  const folder = join(ROOT, "packages", scope.replace("@ticketbench/", ""));
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return `no package ${scope}`;
  const { generators } = JSON.parse(readFileSync(manifest, "utf8")) as { generators?: string };
  const list = generators === undefined ? {} : (JSON.parse(readFileSync(join(folder, generators), "utf8")) as object);
  const known = (list as { generators?: Readonly<Record<string, unknown>> }).generators ?? {};
  return Object.hasOwn(known, generator) ? null : `${scope} has no generator ${generator}`;
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
  if (first === "nx" && (second === "g" || second === "generate")) return generatorProblem(words[3] ?? "");
  return existsSync(join(ROOT, "node_modules/.bin", first ?? "")) ? null : `${first} is not installed here`;
}
