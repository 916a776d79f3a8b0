import { z } from "zod";
import { hash, label, packedSymbols } from "./scalar.ts";

const pixel = z.number().min(0).max(100_000);

/** A drawn picture in words and numbers: what is on it and where, for pages that draw it. */
const scene = z.strictObject({
  place: label,
  width: pixel,
  height: pixel,
  objects: z
    .array(
      z.strictObject({
        kind: label,
        color: label,
        pattern: label,
        /** x1, y1, x2, y2 in pixels of the picture. */
        box: z.tuple([pixel, pixel, pixel, pixel]),
      }),
    )
    .max(1000),
});

/**
 * The questions of one split, once for all results that are scored on it (`results/datasets/`): what makes per-question
 * scores and predictions readable. Lists run in the dataset's order; texts are null where a licence forbids them.
 */
export const datasetCardSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: label,
  hash,
  split: label,
  /** The answer vocabulary: predictions are indices into it. */
  answers: z.array(z.string()),
  /** Of each question, an index into `answerTypes` (yes/no, number, other). */
  types: packedSymbols.refine(({ symbols }) => symbols.every((type) => type <= 2), "expected answer types 0 to 2"),
  questions: z.array(z.string()).nullable(),
  /** The image each question is about. */
  images: z.array(label).nullable(),
  /** What annotators said to each question: answer to number of annotators. */
  given: z.array(z.record(z.string(), z.int().min(1))).nullable(),
  /** What the images show, by image; left out where they are photographs. */
  scenes: z.record(label, scene).optional(),
});

export type DatasetCard = z.output<typeof datasetCardSchema>;
