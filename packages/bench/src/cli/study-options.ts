import type { Command } from "commander";

/** Where unfinished work lies unless somebody names another folder. */
export const DEFAULT_WORK = ".ticketbench";

/** A repeatable option: every value given, in order. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Options that change a study, the same for every command that reads one. */
export function studyOptions(command: Command): Command {
  return command
    .option(
      "--set <name=value>",
      "change one setting of the study (repeatable): it wins over the file, the file over what it extends",
      collect,
    )
    .option("--engine <name>", "wasm, tensorflow, webgpu, cpu or auto")
    .option("--data <folder>", "folder of the dataset (dataset.path)")
    .option("--methods <names>", "only these methods, with commas between")
    .option("--sparsities <shares>", "only these sparsities, with commas between")
    .option("--seeds <numbers>", "only these seeds, with commas between")
    .option("--program <module>", "run another program for the cells (for tests of the bench)");
}

/** Where the command keeps what is unfinished. */
export function workOption(command: Command): Command {
  return command.option("--work <folder>", "where unfinished work lies", DEFAULT_WORK);
}
