import { type Command, Option } from "commander";
import type { ConvertWords } from "../commands/model.ts";
import type { StartWords } from "../commands/start.ts";
import { studyOptions, workOption } from "./study-options.ts";

/** `ticketbench model ...`: checkpoint files, ours and PyTorch's. */
export function modelCommands(cli: Command): void {
  const model = cli.command("model").description("look into checkpoints and convert them");
  model
    .command("inspect")
    .description("tensors, parameters, and zeros by module")
    .argument("<file>", "safetensors, .pth or .bin")
    .option("--json", "print it as JSON and nothing else")
    .action(async (file: string, words: { json?: boolean }) =>
      (await import("../commands/model.ts")).inspect(file, words),
    );
  model
    .command("convert")
    .description("write a checkpoint as safetensors")
    .argument("<in>", "safetensors, .pth or .bin")
    .argument("<out>", "the new file: name.safetensors")
    .addOption(new Option("--type <name>", "width of a weight").choices(["fp32", "fp16"]).default("fp32"))
    .action(async (from: string, to: string, words: ConvertWords) =>
      (await import("../commands/model.ts")).convert(from, to, words),
    );
  workOption(studyOptions(model.command("start")))
    .description("write the start weights that a study made as a checkpoint file")
    .argument("<study>", "configs/pretrain-mini.yaml, once it has run")
    .argument("<out>", "the new file: name.safetensors")
    .addOption(new Option("--type <name>", "width of a weight").choices(["fp32", "fp16"]).default("fp16"))
    .option("--check", "compare with the file instead: exit code 1 where a byte differs")
    .action(async (source: string, out: string, words: StartWords) =>
      (await import("../commands/start.ts")).exportStart(source, out, words),
    );
}
