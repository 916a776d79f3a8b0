import { predictionsText } from "@ticketbench/data-vqa";
import { phaseNames, unpackPredictions } from "@ticketbench/results";
import { openDataset } from "../cell/datasets.ts";
import { writeAtomic } from "../run/atomic-file.ts";
import { StudyError } from "../study/error.ts";
import { parseStudy } from "../study/load.ts";
import { findResult } from "./results.ts";

export interface PredictionWords {
  readonly work: string;
  readonly phase: string;
  readonly to: string;
  readonly data?: string;
}

/** `ticketbench results predictions`: what a network answered, question by question, in the form that EvalAI takes. */
export async function predictions(name: string, { work, phase, to, data }: PredictionWords): Promise<void> {
  const result = await findResult(name, work);
  if (result.status === "failed") throw new StudyError(`${name}: failed, and answered nothing`);
  const evaluation = phaseNames.includes(phase as never)
    ? result.phases[phase as keyof typeof result.phases]
    : undefined;
  if (evaluation === undefined)
    throw new StudyError(`--phase ${phase}: ${name} has ${Object.keys(result.phases).join(", ")}`);
  if (evaluation.predictions === undefined) throw new StudyError(`${name}: keeps no answers of ${phase}`);
  const { dataset: settings } = parseStudy(result.study.resolved, `result ${result.id}`);
  const dataset = await openDataset(
    settings.kind === "folder" && data !== undefined ? { ...settings, path: data } : settings,
  );
  if (dataset.hash !== result.dataset.hash)
    throw new StudyError(`${name}: it answered other data than these; name its folder with --data`);
  const { questions } = dataset.split(result.dataset.split);
  const answers = unpackPredictions(evaluation.predictions);
  const answered = questions.map(({ id }, i) => [id, dataset.answers[answers[i] as number] as string] as const);
  await writeAtomic(to, predictionsText(new Map(answered)));
  console.log(`${answered.length} answers of ${result.dataset.split} in ${to}`);
}
