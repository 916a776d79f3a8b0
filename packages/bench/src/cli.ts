#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { dataCommands } from "./cli/data.ts";
import { methodCommands } from "./cli/methods.ts";
import { modelCommands } from "./cli/model.ts";
import { executorOptions } from "./cli/executor-options.ts";
import { collect, studyOptions, workOption } from "./cli/study-options.ts";
import type { CellWords } from "./commands/cell.ts";
import type { CompareWords } from "./commands/compare.ts";
import type { PlanWords } from "./commands/plan.ts";
import type { PredictionWords } from "./commands/predictions.ts";
import type { RunWords } from "./commands/run.ts";
import type { SiteWords } from "./commands/site.ts";
import type { VerifyWords } from "./commands/verify.ts";
import { exitCodeOf } from "./exit-code.ts";

interface Work {
  readonly work: string;
}

function placeOptions(command: Command): Command {
  return workOption(command).option("--out <folder>", "where results go (default: results/<study> in the work folder)");
}

/** The `ticketbench` command. Each command's code is loaded when it is used, so that `--help` answers at once. */
export function ticketbench(): Command {
  const cli = new Command("ticketbench")
    .description("How much of a vision-and-language network can be pruned, and which\nmethod does it best?")
    .configureHelp({ helpWidth: 80, showGlobalOptions: true })
    .showHelpAfterError("(ticketbench --help lists the commands)")
    .exitOverride();

  executorOptions(placeOptions(studyOptions(cli.command("run"))), "who runs the cells: local, slurm, k8s or gha")
    .description("run what is missing of a study (YAML) or of a frozen plan (JSON)")
    .argument("<study>", "configs/quickstart.yaml, or plan.json")
    .option("--jobs <n>", "cells at a time (here: processor cores); gha: jobs of the matrix")
    .option("--retry-failed", "run failed cells again")
    .option("--shard <part>", "only one part of the cells: 2/5")
    .option("--json", "print events as JSON lines")
    .option("--dry-run", "slurm, k8s: print what would be submitted")
    .action(async (study: string, options: RunWords) => (await import("./commands/run.ts")).run(study, options));

  placeOptions(cli.command("cell"))
    .description("run one cell of a frozen plan, as a scheduler's task")
    .argument("<plan>", "plan.json")
    .requiredOption("--index <n>", "the cell's index in the plan, from 0")
    .option("--of <indices>", "let the index count within these: 3,7,12-15")
    .option("--program <module>", "run another program for the cells (for tests of the bench)")
    .action(async (plan: string, options: CellWords) => (await import("./commands/cell.ts")).cell(plan, options));

  executorOptions(
    placeOptions(studyOptions(cli.command("plan"))),
    "slurm, k8s or gha: print what it would be given, and nothing else on standard output (gha: the workflow's matrix)",
  )
    .description("freeze a study into plan.json and say what it will take")
    .argument("<study>", "configs/quickstart.yaml")
    .option("--write <file>", "where the plan goes", "plan.json")
    .option("--resolved", "print the study with everything that it inherits and all defaults")
    .option("--jobs <n>", "k8s: pods at a time; gha: jobs of the matrix")
    .action(async (study: string, options: PlanWords) => (await import("./commands/plan.ts")).plan(study, options));

  cli
    .command("schema")
    .description("print the JSON Schema of studies, for editors")
    .action(async () => (await import("./commands/schema.ts")).schema());

  cli
    .command("doctor")
    .description("what this machine has for the benchmark, and what is missing")
    .action(async () => (await import("./commands/doctor.ts")).doctor());

  workOption(cli.command("verify"))
    .description("run published cells again and compare them bit for bit")
    .argument("[folders...]", "results to draw from (default: all there are)")
    .option("--sample <n>", "how many cells", "3")
    .option("--seed <text>", "names the draw (default: another every time)")
    .option("--track <name>", "mini, text or full", "mini")
    .option("--program <module>", "run another program for the cells (for tests of the bench)")
    .action(async (folders: string[], words: VerifyWords) =>
      (await import("./commands/verify.ts")).verify(folders, words),
    );

  methodCommands(cli);
  dataCommands(cli);
  modelCommands(cli);
  resultsCommands(cli);
  maskCommands(cli);
  storeCommands(cli);

  workOption(cli.command("site"))
    .description("build the leaderboard on results and show it")
    .option("--results <folder>", "results to show (repeatable; default: all there are)", collect)
    .option("--to <folder>", "where the pages go (default: site in the work folder)")
    .option("--port <number>", "where they are served on this machine", "4321")
    .option("--no-serve", "build them only")
    .action(async (words: SiteWords) => (await import("./commands/site.ts")).site(words));
  return cli;
}

function resultsCommands(cli: Command): void {
  const results = cli.command("results").description("check, show, compare and export results");
  workOption(results.command("validate"))
    .description("check every result: its form, its numbers and its neighbours")
    .argument("[folders...]", "default: all there are")
    .action(async (folders: string[], words: Work) => (await import("./commands/results.ts")).validate(folders, words));
  workOption(results.command("show"))
    .description("one result in words, or a folder of them in a table")
    .argument("<result>", "its file, the beginning of its id, or a folder")
    .action(async (name: string, words: Work) => (await import("./commands/results.ts")).show(name, words));
  workOption(results.command("diff"))
    .description("what differs between two results")
    .argument("<a>", "a file, or the beginning of an id")
    .argument("<b>", "likewise")
    .action(async (a: string, b: string, words: Work) => (await import("./commands/results.ts")).diff(a, b, words));
  workOption(results.command("compare"))
    .description("the verdict on two methods or results, as the site gives it")
    .argument("<a>", "a method's id (magnitude, magnitude~global), dense, or the beginning of a result's id")
    .argument("<b>", "likewise")
    .option("--results <folder>", "results to compare in (repeatable; default: all there are)", collect)
    .option("--study <name>", "compare on the questions and under the recipe of this study (default: most results)")
    .option("--phase <name>", "pruned, rewound or retrained", "retrained")
    .option("--json", "print it as JSON")
    .action(async (a: string, b: string, words: CompareWords) =>
      (await import("./commands/compare.ts")).compare(a, b, words),
    );
  workOption(results.command("predictions"))
    .description("what a network answered, as EvalAI takes it")
    .argument("<result>", "its file, or the beginning of its id")
    .option("--phase <name>", "dense, pruned, rewound or retrained", "retrained")
    .option("--data <folder>", "the folder of its questions, where it has moved")
    .option("--to <file>", "where the answers go", "predictions.json")
    .action(async (name: string, words: PredictionWords) =>
      (await import("./commands/predictions.ts")).predictions(name, words),
    );
  workOption(results.command("export"))
    .description("one row for each phase of each result")
    .argument("[folders...]", "default: all there are")
    .option("--format <name>", "csv, parquet or json", "csv")
    .option("--to <file>", "where the table goes", "results.csv")
    .action(async (folders: string[], words: Work & { format: string; to: string }) =>
      (await import("./commands/results.ts")).exportTable(folders, words),
    );
}

function maskCommands(cli: Command): void {
  const mask = cli.command("mask").description("the masks of tickets that were run here, as files");
  workOption(mask.command("export"))
    .description("write a ticket's mask")
    .argument("<result>", "its file, or the beginning of its id")
    .argument("<file>", "where the mask goes")
    .action(async (name: string, file: string, words: Work) =>
      (await import("./commands/mask.ts")).exportMask(name, file, words),
    );
  workOption(mask.command("show"))
    .description("what a mask removes, module by module; exit code 1 when it is not the result's own")
    .argument("<file>", "a mask that export wrote")
    .requiredOption("--result <result>", "a result of the same network: its file, or the beginning of its id")
    .action(async (file: string, words: Work & { result: string }) =>
      (await import("./commands/mask.ts")).showMask(file, words),
    );
}

function storeCommands(cli: Command): void {
  const store = cli.command("store").description("look after the artifacts of unfinished work");
  workOption(store.command("verify"))
    .description("read every artifact; remove those that are damaged")
    .action(async (words: Work) => (await import("./commands/store.ts")).verify(words));
  workOption(store.command("gc"))
    .description("remove the artifacts used longest ago until the rest fits")
    .option("--limit <size>", "how much may stay: 500MB, 2GB", "10GB")
    .action(async (words: Work & { limit: string }) => (await import("./commands/store.ts")).gc(words));
}

try {
  await ticketbench().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.exitCode = exitCodeOf(error);
    const isMistake = process.exitCode === 2 && error instanceof Error;
    console.error(isMistake ? `error: ${error.message}` : error);
  }
}
