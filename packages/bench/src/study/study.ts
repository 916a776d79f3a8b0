import { TASKS } from "@ticketbench/model";
import { MODULES, type ScopeName, SCOPES } from "@ticketbench/prune";
import { z } from "zod";

const SCOPE_NAMES = Object.keys(SCOPES) as ScopeName[];

/** The points of a cell at which the network is evaluated, in the order in which they are reached. */
export const PHASES = ["dense", "pruned", "rewound", "retrained"] as const;
export type Phase = (typeof PHASES)[number];

export const ENGINES = ["wasm", "tensorflow", "webgpu", "cpu"] as const;
export type EngineName = (typeof ENGINES)[number];

const count = z.int().min(1);
const seed = z.int().min(0).max(0xffffffff);
const rate = z.number().min(0).lt(1);
const split = z.string().min(1);

const splits = {
  train: z.array(split).min(1).default(["train"]).describe("splits to fine-tune on, one after the other"),
  selection: split.nullable().default("nominival").describe("split that may choose an epoch; never the reported one"),
  report: split.default("minival").describe("split whose accuracy is published"),
  regions: count.optional().describe("image regions read, most confident first; default: what the dataset advises"),
};

const dataset = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("mini-vqa").describe("generated on the spot from a seed"),
    profile: z.enum(["quick", "standard", "hard"]).default("quick"),
    seed: seed.default(0),
    ...splits,
  }),
  z.strictObject({
    kind: z.literal("folder").describe("questions, answers and features in the official formats"),
    path: z.string().min(1).describe("the folder (--data)"),
    textOnly: z.boolean().default(false).describe("read no image: every image is one region of zeros"),
    ...splits,
  }),
]);

const model = z.strictObject({
  hidden: count.default(64).describe("width of every layer; a multiple of heads"),
  heads: count.default(4),
  intermediate: count.default(256).describe("width inside the feed-forward blocks"),
  layers: z
    .strictObject({ language: count.default(1), object: count.default(1), cross: count.default(2) })
    .prefault({}),
  dropout: rate.default(0.1),
  initialDeviation: z.number().gt(0).default(0.02).describe("standard deviation of fresh weights"),
  tokens: z.int().min(3).default(20).describe("longest question in word pieces, [CLS] and [SEP] included"),
  vocabulary: z
    .union([z.literal("bert-base-uncased"), z.int().min(64)])
    .default(512)
    .describe("BERT's own vocabulary, or the size of one made from the training questions"),
});

const recipe = z.strictObject({
  epochs: count.default(4),
  batchSize: count.default(32),
  learningRate: z.number().gt(0).max(1).default(5e-5),
  optimiser: z.enum(["bertadam", "adamw"]).default("bertadam"),
  warmup: rate.default(0.1).describe("share of the steps over which the learning rate rises"),
  clip: z.number().gt(0).nullable().default(5).describe("largest global gradient norm; null: no clipping"),
  weightDecay: rate.default(0.01),
  epochChoice: z.enum(["last", "best"]).default("last").describe("best: the epoch with the best selection accuracy"),
});

const start = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("lxmert").describe("pretrained on the spot with LXMERT's own tasks, the same for every seed"),
    tasks: z
      .array(z.enum(TASKS))
      .min(1)
      .default([...TASKS])
      .describe("masked words, matching, masked regions' objects, attributes and features, answers"),
    split: split.default("pretrain"),
    epochs: count.default(4),
    learningRate: z.number().gt(0).max(1).default(2e-3),
    questionEpochs: z.int().min(0).default(4).describe("epochs on the split's questions alone, after the tasks"),
    seed: seed.default(0),
  }),
  z.strictObject({
    kind: z.literal("pretrain").describe("trained on the spot on a split's questions, the same for every seed"),
    split: split.default("pretrain"),
    epochs: count.default(3),
    learningRate: z.number().gt(0).max(1).default(1e-3),
    seed: seed.default(0),
  }),
  z.strictObject({
    kind: z.literal("checkpoint"),
    file: z.string().min(1).describe("a .safetensors or .pth file, relative to the study"),
    answers: z.string().min(1).optional().describe("JSON list of the answers a pretrained answer head stands for"),
  }),
  z.strictObject({ kind: z.literal("random").describe("fresh weights, another draw for every seed") }),
]);

/** What one training costs or is: every choice that both a dense cell and the tickets drawn from it depend on. */
export const trainingShape = {
  dataset,
  model: model.prefault({}),
  start,
  recipe: recipe.prefault({}),
};

const methodName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected a method's name: small letters, digits and -");
const parameters = z.record(z.string(), z.json());
const method = z.union([methodName, z.strictObject({ id: methodName, params: parameters.default({}) })]);
export const sparsity = z.number().min(0).lt(1);

const retraining = z
  .enum(["masked", "dense"])
  .default("masked")
  .describe("dense: pruned weights grow back, as in the study that is re-tested");

const part = z.boolean().default(false);
/** Parts that may be pruned besides the matrices of the encoders. */
const scopeSwitches = z.strictObject({
  embeddings: part,
  visualInput: part,
  pooler: part,
  head: part.describe("the answer head"),
  biases: part.describe("of every part that is in"),
  layerNorms: part.describe("of every part that is in"),
});

/** What is done to a dense network to make a ticket, the method and sparsity apart. */
export const ticketShape = {
  scope: z
    .union([z.enum(SCOPE_NAMES), scopeSwitches])
    .default("encoder-matrices")
    .describe("which weights may be pruned; {embeddings: true, biases: true} adds to the encoders' matrices"),
  allocation: z
    .union([z.enum(["layerwise", "global", "row", "erk"]), z.partialRecord(z.enum(MODULES), z.number().min(0))])
    .default("layerwise")
    .describe("who keeps how many; {pooler: 0, head: 2} spares a module and prunes another twice as hard"),
  granularity: z
    .enum(["global", "layerwise", "row"])
    .optional()
    .describe("among which weights a score is ranked, where the allocation is erk or by module"),
  retraining,
  rewindStep: z
    .int()
    .min(0)
    .default(0)
    .describe("step of the fine-tune whose weights tickets go back to; 0: the start"),
  phases: z
    .array(z.enum(PHASES))
    .min(1)
    .default([...PHASES]),
};

const axisPath = z.string().regex(/^[A-Za-z]+(\.[A-Za-z]+)*$/, "expected a dotted name such as recipe.epochs");
const selection = z.record(z.string(), z.json());

const prices = z.strictObject({
  currency: z.string().min(1).default("USD"),
  cpuHour: z.number().min(0).optional().describe("price of one core for one hour"),
  gpuHour: z.number().min(0).optional().describe("price of one GPU for one hour"),
  kilowattHour: z.number().min(0).optional(),
  watts: z.number().min(0).optional().describe("what one running cell draws"),
});

/** A study: everything that a run of the benchmark depends on. Keys are the words the command line knows. */
export const studySchema = z.strictObject({
  $schema: z.string().optional(),
  extends: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe("studies that this one changes"),
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected small letters, digits and -"),
  description: z.string().optional(),
  track: z.enum(["mini", "text", "full"]).default("mini").describe("results of two tracks are never ranked together"),
  division: z
    .enum(["closed", "open", "as-coded"])
    .default("closed")
    .describe("closed: the fixed recipe; as-coded: a study repeated with its faults, never ranked"),
  engine: z
    .enum([...ENGINES, "auto"])
    .default("wasm")
    .describe("where the arithmetic runs; never another silently"),
  ...trainingShape,
  ...ticketShape,
  retraining: z
    .enum(retraining.unwrap().options)
    .optional()
    .describe(
      "masked, or dense: pruned weights grow back, as in the study that is re-tested; default: as the method does",
    ),
  fineTuneSeed: seed
    .optional()
    .describe("as-coded: one fine-tune, with this seed, for all seeds; left out: one for each"),
  methods: z.array(method).default([]),
  sparsities: z.array(sparsity).default([]).describe("shares of the prunable weights to remove"),
  seeds: z.array(seed).min(1).default([0, 1, 2]),
  matrix: z.record(axisPath, z.array(z.json()).min(1)).default({}).describe("further axes by dotted name"),
  zip: z
    .array(z.array(axisPath).min(2))
    .default([])
    .describe("axes of matrix that move together: the first value of one with the first of the other"),
  include: z.array(selection).default([]).describe("tickets besides the grid: {method, sparsity, seed, ...}"),
  exclude: z.array(selection).default([]).describe("tickets of the grid to leave out"),
  timeout: z.number().gt(0).optional().describe("minutes a cell may take"),
  prices: prices.optional(),
});

export type Study = z.output<typeof studySchema>;
export type StudyInput = z.input<typeof studySchema>;

/** The JSON Schema of study files, for the completion of editors. */
export function studyJsonSchema(): object {
  return { $id: "ticketbench-study-1", title: "TicketBench study", ...z.toJSONSchema(studySchema, { io: "input" }) };
}
