import { z } from "zod";
import { answerTypes, phaseNames } from "./measurement.ts";
import { count, fraction, label } from "./scalar.ts";

/** What is known to be wrong or unusual about a reported number, and how a page says it. */
export const reportedFlags = {
  "constant-answer": "The model gives every question the same answer: this is a floor, not learning.",
  "copied-run": "Another seed's file holds the same digits: one run, published more than once.",
  digitised: "Read off a figure, within the stated tolerance.",
  "does-not-fit-minival": "Out of line with the same run's score on minival.",
  "fewer-seeds-than-claimed": "The raw files hold fewer seeds than the source claims.",
  "fraction-not-percent": "Stored as a fraction where its neighbours are percent.",
  "last-epoch-not-best": "The source prints the last epoch, which is below the best.",
  "mask-not-held": "The mask was not applied during retraining: the pruned weights grew back.",
  "not-high-magnitude": "Called high magnitude, but the mask removes low-magnitude weights.",
  "not-in-raw-files": "No raw file of the source holds this number.",
  "one-tenth-added": "The plotting code added 0.1 to the score.",
  "population-sd": "The spread is a population standard deviation, which is too small for a sample.",
  relabelled: "The label is 100 minus the sparsity the run was given.",
  "reversed-order": "Drawn in the opposite order of the labels.",
  "score-of-low-mask": "The score of the low-magnitude mask, printed for another method.",
  "split-assumed": "The source does not name its split; this one was inferred.",
  truncated: "Printed digits were cut off, not rounded.",
} as const;

export type ReportedFlag = keyof typeof reportedFlags;

/** Whether someone has read the number in the named source, in another text that quotes it, or not at all. */
const reportedStatuses = ["verified", "secondary", "unverified"] as const;

/** One published number. Never mixed with measured ones, and never compared across splits. */
const reportedRow = z.strictObject({
  /** Model or method in the source's words. */
  label,
  /** The id of the method of ours that repeats it, where there is one. */
  method: label.nullable(),
  dataset: label,
  split: label,
  phase: z.enum(phaseNames),
  answerType: z.enum(["all", ...answerTypes, "open", "consistency"]),
  /** null for a dense model. `label` is what the source calls it; the others were computed from its code. */
  sparsity: z.strictObject({ label: fraction, prunable: fraction.nullable(), total: fraction.nullable() }).nullable(),
  /** Seed of a single run. */
  seed: count.nullable(),
  /** Runs behind a mean, as many as there are, not as claimed; null where the source does not say. */
  n: z.int().min(1).nullable(),
  accuracy: fraction,
  /** As printed; null where the source gives none. */
  sd: fraction.nullable(),
  /** Half the worth of the last digit (or the tolerance of a digitised point), a fraction; 0 at full precision. */
  halfUnit: fraction,
  /** The digits in the source, where they differ from the accuracy they stand for. */
  printed: label.nullable(),
  /** Accuracy after each pruning round or training epoch, where the source has it. */
  history: z.array(fraction),
  status: z.enum(reportedStatuses),
  /** Where in the source: file, table, figure. */
  place: label,
  flags: z.array(z.enum(Object.keys(reportedFlags) as [ReportedFlag, ...ReportedFlag[]])),
});

/** A finding that is published as a statement, not as one number. */
const reportedClaim = z.strictObject({
  label,
  /** In our words. */
  claim: label,
  /** Sparsities from..to at which `keeps` of the dense accuracy is claimed, where the claim is of that form. */
  band: z.strictObject({ from: fraction, to: fraction, keeps: fraction }).nullable(),
  status: z.enum(reportedStatuses),
  place: label,
});

/** A file of `results/reported/`: published numbers of one source. */
export const reportedSchema = z.strictObject({
  schemaVersion: z.literal(1),
  title: label,
  source: label,
  rows: z.array(reportedRow),
  claims: z.array(reportedClaim),
});

export type Reported = z.output<typeof reportedSchema>;
export type ReportedRow = z.output<typeof reportedRow>;
export type ReportedClaim = z.output<typeof reportedClaim>;
