import type { Command } from "commander";
import type { PreviewWords } from "../commands/preview.ts";
import type { SubmitMethodWords } from "../commands/submit-method.ts";
import { collect, DEFAULT_WORK } from "./study-options.ts";

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
  cli
    .command("preview")
    .description("a method beside its controls on mini-VQA, its verdict, and the site with its curve")
    .argument("<method>", "its name, or the path of its file")
    .option("--work <folder>", "where unfinished work lies", DEFAULT_WORK)
    .option("--jobs <n>", "cells at a time (here: processor cores)")
    .option("--set <name=value>", "change one setting of configs/preview.yaml (repeatable)", collect)
    .option("--port <number>", "where the site is served on this machine", "4321")
    .option("--no-open", "build the site only")
    .action(async (method: string, words: PreviewWords) =>
      (await import("../commands/preview.ts")).preview(method, words),
    );
  cli
    .command("submit")
    .description("a method, the results of its preview and its card on a branch, with the text of the pull request")
    .argument("<method>", "its name; its file is in packages/prune/src/methods")
    .option("--branch <name>", "default: method/<name>")
    .option("--work <folder>", "where unfinished work lies", DEFAULT_WORK)
    .option("--jobs <n>", "cells at a time (here: processor cores)")
    .option("--set <name=value>", "change one setting of configs/preview.yaml (repeatable)", collect)
    .action(async (method: string, words: SubmitMethodWords) =>
      (await import("../commands/submit-method.ts")).submitMethod(method, words),
    );
}
