import { z } from "zod";
import { answerTypes, phaseNames } from "./measurement.ts";
import { count, fraction, label } from "./scalar.ts";

/** What is known to be wrong or unusual about a reported number; a page says each in its own words. */
const reportedFlags = [
  "constant-answer",
  "copied-run",
  "digitised",
  "does-not-fit-minival",
  "fewer-seeds-than-claimed",
  "fraction-not-percent",
  "last-epoch-not-best",
  "mask-not-held",
  "not-high-magnitude",
  "not-in-raw-files",
  "one-tenth-added",
  "population-sd",
  "relabelled",
  "reversed-order",
  "score-of-low-mask",
  "split-assumed",
  "truncated",
] as const;

export type ReportedFlag = (typeof reportedFlags)[number];

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
  flags: z.array(z.enum(reportedFlags)),
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
