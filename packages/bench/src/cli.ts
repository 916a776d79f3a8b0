#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import type { PlanWords } from "./commands/plan.ts";
import type { RunWords } from "./commands/run.ts";
import { exitCodeOf } from "./exit-code.ts";

const collect = (value: string, before: string[]): string[] => [...before, value];

/** Options that change a study, the same for every command that reads one. */
function studyOptions(command: Command): Command {
  return command
    .option("--set <name=value>", "change one setting of the study (repeatable)", collect, [])
    .option("--engine <name>", "wasm, tensorflow, webgpu, cpu or auto")
    .option("--data <folder>", "folder of the dataset (dataset.path)")
    .option("--methods <names>", "only these methods, with commas between")
    .option("--sparsities <shares>", "only these sparsities, with commas between")
    .option("--seeds <numbers>", "only these seeds, with commas between")
    .option("--program <module>", "run another program for the cells (for tests of the bench)");
}

function placeOptions(command: Command): Command {
  return command
    .option("--work <folder>", "where unfinished work lies", ".ticketbench")
    .option("--out <folder>", "where results go (default: results/<study> in the work folder)");
}

/** The `ticketbench` command. Each command's code is loaded when it is used, so that `--help` answers at once. */
export function ticketbench(): Command {
  const cli = new Command("ticketbench")
    .description("How much of a vision-and-language network can be pruned, and which\nmethod does it best?")
    .configureHelp({ helpWidth: 80, showGlobalOptions: true })
    .showHelpAfterError("(ticketbench --help lists the commands)")
    .exitOverride();

  placeOptions(studyOptions(cli.command("run")))
    .description("run what is missing of a study (YAML) or of a frozen plan (JSON)")
    .argument("<study>", "configs/quickstart.yaml, or plan.json")
    .option("--jobs <n>", "cells at a time (default: processor cores)")
    .option("--retry-failed", "run failed cells again", false)
    .option("--json", "print events as JSON lines", false)
    .action(async (study: string, options: RunWords) => (await import("./commands/run.ts")).run(study, options));

  placeOptions(studyOptions(cli.command("plan")))
    .description("freeze a study into plan.json and say what it will take")
    .argument("<study>", "configs/quickstart.yaml")
    .option("--write <file>", "where the plan goes", "plan.json")
    .action(async (study: string, options: PlanWords) => (await import("./commands/plan.ts")).plan(study, options));

  cli
    .command("schema")
    .description("print the JSON Schema of studies, for editors")
    .action(async () => (await import("./commands/schema.ts")).schema());

  cli
    .command("doctor")
    .description("what this machine has for the benchmark, and what is missing")
    .action(async () => (await import("./commands/doctor.ts")).doctor());

  const store = cli.command("store").description("look after the artifacts of unfinished work");
  store
    .command("verify")
    .description("read every artifact; remove those that are damaged")
    .option("--work <folder>", "where unfinished work lies", ".ticketbench")
    .action(async (options: { work: string }) => (await import("./commands/store.ts")).verify(options));
  store
    .command("gc")
    .description("remove the artifacts used longest ago until the rest fits")
    .option("--work <folder>", "where unfinished work lies", ".ticketbench")
    .option("--limit <size>", "how much may stay: 500MB, 2GB", "10GB")
    .action(async (options: { work: string; limit: string }) => (await import("./commands/store.ts")).gc(options));
  return cli;
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
