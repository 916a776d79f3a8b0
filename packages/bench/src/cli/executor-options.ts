import type { Command } from "commander";
import { collect } from "./study-options.ts";

/** Options that name a scheduler and tell it what it has to know; `about` says what the command does with it. */
export function executorOptions(command: Command, about: string): Command {
  return command
    .option("--executor <name>", about, "local")
    .option("--sbatch <option>", "slurm: an option of sbatch, --partition=gpu (repeatable)", collect)
    .option("--image <name>", "k8s: the image that holds this repository, installed")
    .option("--claim <name>", "k8s: the volume claim that holds the work folder")
    .option("--mount <path>", "k8s: where the volume is mounted (default: the work folder)")
    .option("--gpus <n>", "k8s: GPUs a cell", "0");
}
