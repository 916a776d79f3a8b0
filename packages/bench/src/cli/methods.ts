import type { Command } from "commander";

/** `ticketbench methods` and `ticketbench check`: what can be run, and whether a method is one. */
export function methodCommands(cli: Command): void {
  cli
    .command("methods")
    .description("every pruning method there is, with its idea")
    .option("--export <file>", "write results/methods.json: cards and conformance of all of them, for the site")
    .action(async (words: { export?: string }) =>
      words.export === undefined
        ? (await import("../commands/methods.ts")).methods()
        : (await import("../commands/methods-export.ts")).exportMethods(words.export),
    );
  cli
    .command("check")
    .description("check a method on a tiny model; exit code 1 when it fails")
    .argument("<method>", "its name, or the path of its file")
    .option("--budget <seconds>", "how long the whole check may take", "30")
    .action(async (method: string, words: { budget: string }) =>
      (await import("../commands/check.ts")).check(method, words),
    );
}
