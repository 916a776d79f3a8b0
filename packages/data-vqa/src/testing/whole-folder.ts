import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatRow, type RegionRow } from "../regions/tsv.ts";

/** A folder with a file of every kind: three questions about three images with two regions each. */
export const FILES = {
  questions: "v2_OpenEnded_mscoco_train_questions.json",
  annotations: "v2_mscoco_train_annotations.json",
  lxmert: "minival.json",
  answers: "trainval_label2ans.json",
  features: "all_obj36.tsv",
  predictions: "predictions.json",
} as const;

/** Writes them, whole. */
export function writeWholeFiles(folder: string): void {
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  const numbers = [1, 2, 3];
  const image = (number: number) => `MINI_train_${String(number).padStart(12, "0")}`;
  const header = { info: { description: "made up" }, data_type: "mini", data_subtype: "train" };
  const questions = numbers.map((n) => ({ image_id: n, question: `is this picture ${n} ?`, question_id: n * 1000 }));
  write(FILES.questions, { ...header, questions });
  const answers = ["yes", "yes", "yes", "yes", "yes", "no", "no", "no", "maybe", "not sure"];
  const records = answers.map((answer, i) => ({ answer, answer_confidence: "yes", answer_id: i + 1 }));
  const annotations = numbers.map((n) => ({
    ...{ question_type: "is this", multiple_choice_answer: "yes", answers: records },
    ...{ image_id: n, answer_type: "yes/no", question_id: n * 1000 },
  }));
  write(FILES.annotations, { ...header, annotations });
  const lxmert = numbers.map((n) => ({
    img_id: image(n),
    label: { yes: 1, no: 0.9 },
    question_id: n,
    sent: `is it ${n} ?`,
  }));
  write(FILES.lxmert, lxmert);
  write(FILES.answers, ["yes", "no", "2"]);
  write(
    FILES.predictions,
    numbers.map((n) => ({ question_id: n * 1000, answer: "yes" })),
  );
  writeFileSync(join(folder, FILES.features), numbers.map((n) => `${formatRow(smallRow(image(n)))}\n`).join(""));
}

/** An image of 640 x 480 with two regions and features of 3. */
export function smallRow(imageId: string): RegionRow {
  return {
    ...{ imageId, width: 640, height: 480, count: 2, featureWidth: 3 },
    ...{ objectIds: Int32Array.of(1, 2), objectConfidences: Float32Array.of(0.9, 0.5) },
    ...{ attributeIds: Int32Array.of(3, 4), attributeConfidences: Float32Array.of(0.8, 0.4) },
    boxes: Float32Array.of(0, 0, 320, 240, 5, 6, 640, 480),
    features: Float32Array.of(1, 0, 2.5, 0.25, 7, 0),
  };
}
