import type { VqaDataset, VqaSplit } from "./dataset.ts";
import { DataError } from "./error.ts";
import { emptyQuestion } from "./question.ts";

/** What each split is used for. Methods and training see `training` alone. */
export interface SplitRoles {
  readonly training: readonly string[];
  /** Where the best epoch or setting is picked; null where nothing is picked. */
  readonly selection: string | null;
  /** Whose accuracy is reported. */
  readonly reported: string;
}

/** Images that a training split shares with another one. */
export interface ImageLeak {
  readonly training: string;
  readonly evaluation: string;
  readonly images: readonly string[];
  /** Questions of the evaluation split that are about such images. */
  readonly questions: number;
}

/**
 * Refuse roles that make a number meaningless: no split has two of them, and the training and reported splits have
 * answers and no question without a word. Returns the images shared between training and evaluation, which are to be counted and named, not hidden.
 */
export function checkRoles(
  dataset: Pick<VqaDataset, "split">,
  { training, selection, reported }: SplitRoles,
): ImageLeak[] {
  if (training.length === 0) throw new DataError("no training split is named");
  if (selection === reported) {
    throw new DataError(`models would be selected on ${reported}, the split that is reported; select on another one`);
  }
  const evaluation = selection === null ? [reported] : [selection, reported];
  for (const split of evaluation) {
    if (training.includes(split)) throw new DataError(`${split} is both trained on and evaluated on; give it one role`);
  }
  for (const split of [...training, ...evaluation]) checkAnswered(dataset.split(split));
  return training.flatMap((from) =>
    evaluation.map((to) => imageLeak(dataset.split(from), dataset.split(to))).filter(({ images }) => images.length > 0),
  );
}

/** The images that two splits share. */
export function imageLeak(training: VqaSplit, evaluation: VqaSplit): ImageLeak {
  const seen = new Set(training.questions.map(({ imageId }) => imageId));
  const shared = evaluation.questions.filter(({ imageId }) => seen.has(imageId));
  const images = [...new Set(shared.map(({ imageId }) => imageId))];
  return { training: training.name, evaluation: evaluation.name, images, questions: shared.length };
}

/** One line for people: how much is shared, and a few examples. */
export function describeLeak({ training, evaluation, images, questions }: ImageLeak): string {
  const examples = `${images.slice(0, 3).join(", ")}${images.length > 3 ? ", ..." : ""}`;
  return `${evaluation} shares ${images.length} images (${questions} questions) with ${training}: ${examples}`;
}

function checkAnswered({ name, questions }: VqaSplit): void {
  if (questions.length === 0) throw new DataError(`split ${name} has no questions`);
  const empty = questions.find(({ text }) => text.trim() === "");
  if (empty) throw emptyQuestion(`split ${name}`, empty.id);
  if (questions.every(({ label, majorityAnswer }) => label.length === 0 && majorityAnswer === null)) {
    throw new DataError(`the answers of split ${name} are withheld; it can neither be trained on nor evaluated on`);
  }
}
