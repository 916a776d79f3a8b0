import { z } from "zod";
import { ENGINES, sparsity, ticketShape, trainingShape } from "../study/study.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Where the arithmetic runs: `arithmetic` says which numbers and instructions ("float32, relaxed SIMD"). */
const engineSchema = z.strictObject({ name: z.enum(ENGINES), version: z.string(), arithmetic: z.string() });
export type Engine = z.output<typeof engineSchema>;

/** The settings of one training: what a start or dense cell is made from. */
const trainingSchema = z.strictObject({ ...trainingShape, engine: engineSchema });
export type Training = z.output<typeof trainingSchema>;

/** What is done to a dense network to make a ticket. */
const pruningSchema = z.strictObject({
  method: z.strictObject({
    id: z.string(),
    title: z.string(),
    version: z.string(),
    params: z.record(z.string(), z.json()),
  }),
  sparsity,
  /** What the study that is repeated called this sparsity. */
  publishedAs: z.number().min(0).max(1).optional(),
  ...ticketShape,
});
export type Pruning = z.output<typeof pruningSchema>;

const identity = { id: hash, label: z.string() };

/**
 * One unit of work. A `start` cell makes the start weights that all seeds share; a `dense` cell fine-tunes them for
 * one seed; a `ticket` cell prunes that network, rewinds and retrains it. `id` is a hash of all that its outcome
 * depends on; `needs` holds the ids of the cells whose artifacts it reads.
 */
export const cellSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("start"), ...identity, needs: z.array(hash).length(0), training: z.int() }),
  z.strictObject({
    kind: z.literal("dense"),
    ...identity,
    needs: z.array(hash).max(1),
    training: z.int(),
    seed: z.int(),
  }),
  z.strictObject({
    kind: z.literal("ticket"),
    ...identity,
    needs: z.array(hash).length(1),
    training: z.int(),
    seed: z.int(),
    pruning: pruningSchema,
  }),
]);

/** A cell as the plan file holds it: `training` is an index into the plan's trainings. */
export type PlannedCell = z.output<typeof cellSchema>;

/** What the content of a training was when it was planned: two trainings with these hashes have the same inputs. */
export const trainingEntrySchema = z.strictObject({
  settings: trainingSchema,
  /** The dataset's content hash. */
  dataset: hash,
  /** Names the start weights by content: a file's hash, or a hash of the recipe that makes them. */
  start: hash,
});
export type TrainingEntry = z.output<typeof trainingEntrySchema>;

/** A cell with everything it is made from at hand. */
export type Cell = PlannedCell & { readonly inputs: TrainingEntry };
