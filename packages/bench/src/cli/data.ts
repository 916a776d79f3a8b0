import { type Command, InvalidArgumentError, Option } from "commander";
import type { ConvertWords } from "../commands/data-convert.ts";
import type { DoctorWords, FetchWords } from "../commands/data-fetch.ts";
import type { EvaluateWords, GenerateWords, VocabularyWords } from "../commands/data.ts";

/** `ticketbench data ...`: what becomes of datasets before a study reads them. */
export function dataCommands(cli: Command): void {
  const data = cli.command("data").description("make, fetch, check, convert and evaluate datasets");
  localCommands(data);
  downloadCommands(data);
}

function localCommands(data: Command): void {
  data
    .command("generate")
    .description("write a generated dataset in the formats of VQA v2 and LXMERT")
    .addArgument(data.createArgument("<dataset>", "mini-vqa").choices(["mini-vqa"]))
    .requiredOption("--out <folder>", "a new or empty folder")
    .addOption(choice("--profile <name>", "how hard it is", ["quick", "standard", "hard"], "quick"))
    .addOption(choice("--annotators <model>", "how they disagree (default: the profile's)", ["mild", "real"]))
    .option("--seed <n>", "another seed gives other scenes", wholeNumber, 0)
    .option("--splits <names>", "only these splits, with commas between")
    .option("--scenes", "draw every scene too, as SVG")
    .action(async (_dataset: string, words: GenerateWords) => (await import("../commands/data.ts")).generate(words));

  data
    .command("check")
    .description("read everything there is and tell every fault; exit code 2 if any")
    .argument("<paths...>", "folders, region stores, or single files")
    .action(async (paths: string[]) => (await import("../commands/data.ts")).check(paths));

  data
    .command("evaluate")
    .description("score a file of predictions, in percent")
    .requiredOption("--questions <file>", "VQA's questions of the split")
    .requiredOption("--annotations <file>", "VQA's annotations of the split")
    .requiredOption("--predictions <file>", "a list of {question_id, answer}")
    .addOption(choice("--metric <name>", "VQA's own, or LXMERT's soft score", ["official", "lxmert"], "official"))
    .option("--json", "print the summary as JSON and nothing else")
    .option("--per-question <file>", "write the score of every question there")
    .action(async (words: EvaluateWords) => (await import("../commands/data.ts")).evaluate(words));

  data
    .command("vocabulary")
    .description("build the answer vocabulary of a folder's training questions, and tell its size")
    .argument("<folder>", "VQA's question and annotation files")
    .option("--splits <names>", "of these splits, with commas between (default: train* and nominival)")
    .option("--frequency <n>", "majority answer of at least so many questions", positiveNumber, 9)
    .option("--out <file>", "write it there: trainval_label2ans.json")
    .action(async (folder: string, words: VocabularyWords) =>
      (await import("../commands/data.ts")).vocabulary(folder, words),
    );

  data
    .command("convert")
    .description("convert a feature file to a store that is read at random")
    .argument("<tsv>", "LXMERT's feature file, train2014_obj36.tsv")
    .requiredOption("--out <folder>", "the store: train2014_obj36.regions")
    .addOption(choice("--type <name>", "how features are kept", ["float32", "float16"], "float32"))
    .action(async (tsv: string, words: ConvertWords) =>
      (await import("../commands/data-convert.ts")).convert(tsv, words),
    );
}

function downloadCommands(data: Command): void {
  data
    .command("fetch")
    .description("download and verify what a folder lacks of a dataset")
    .argument("<dataset>", "vqa-v2")
    .requiredOption("--out <folder>", "where the files go")
    .option("--manifest <file>", "JSON list of files and mirrors, for the built-in one")
    .action(async (name: string, words: FetchWords) => (await import("../commands/data-fetch.ts")).fetch(name, words));

  data
    .command("doctor")
    .description("what a folder has of a dataset, what it lacks, the next command")
    .argument("<folder>", "the folder of the dataset")
    .option("--dataset <name>", "which dataset it should hold", "vqa-v2")
    .option("--manifest <file>", "JSON list of files and mirrors, for the built-in one")
    .action(async (folder: string, words: DoctorWords) =>
      (await import("../commands/data-fetch.ts")).doctor(folder, words),
    );
}

function choice(flags: string, description: string, choices: readonly string[], otherwise?: string): Option {
  const option = new Option(flags, description).choices(choices);
  return otherwise === undefined ? option : option.default(otherwise);
}

function wholeNumber(text: string): number {
  return numberFrom(0, text);
}

function positiveNumber(text: string): number {
  return numberFrom(1, text);
}

function numberFrom(least: number, text: string): number {
  if (!/^\d{1,15}$/.test(text) || Number(text) < least)
    throw new InvalidArgumentError(`Expected a whole number from ${least} up.`);
  return Number(text);
}
