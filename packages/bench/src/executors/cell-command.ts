import { fileURLToPath } from "node:url";
import type { Submission } from "./submission.ts";

/** The command itself, as a file. */
export const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));

/** The shell command that runs one cell of a submission; `index` is shell text that gives its index in the plan. */
export function cellCommand({ planFile, workspace, results, programUrl }: Submission, index: string): string {
  const program = programUrl.endsWith("/cell/program.ts") ? [] : ["--program", fileURLToPath(programUrl)];
  const words = [
    process.execPath,
    CLI,
    "cell",
    planFile,
    "--work",
    workspace.root,
    "--out",
    results.folder,
    ...program,
  ];
  return `${quoted(words)} --index ${index}`;
}

/** Words as a POSIX shell reads them. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => (/^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
