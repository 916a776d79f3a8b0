import { CANVAS, MiniVqa, type Question, type VqaDataset } from "@ticketbench/data-vqa";
import { type DatasetCard, packAnswerTypes } from "@ticketbench/results";

type Box = [x1: number, y1: number, x2: number, y2: number];

/**
 * The questions of a split, with what annotators answered and what the pictures show. null for data from a folder: whether
 * its texts may be published is for its owner to say.
 */
export function datasetCardOf(dataset: VqaDataset, split: string): DatasetCard | null {
  if (!(dataset instanceof MiniVqa)) return null;
  const { questions } = dataset.split(split);
  return {
    schemaVersion: 1,
    name: dataset.name,
    hash: dataset.hash,
    split,
    answers: [...dataset.answers],
    types: packAnswerTypes(questions.map(({ answerType }) => answerType)),
    questions: questions.map(({ text }) => text),
    images: questions.map(({ imageId }) => imageId),
    given: questions.map(annotatorsByAnswer),
    scenes: Object.fromEntries(questions.map(({ imageId }) => [imageId, sceneOf(dataset, imageId)])),
  };
}

function annotatorsByAnswer({ answers }: Question): Record<string, number> {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function sceneOf(dataset: MiniVqa, imageId: string): NonNullable<DatasetCard["scenes"]>[string] {
  const { place, objects } = dataset.scene(imageId);
  const drawn = objects.map(({ kind, color, pattern, box }) => ({ kind, color, pattern, box: [...box] as Box }));
  return { place, ...CANVAS, objects: drawn };
}
