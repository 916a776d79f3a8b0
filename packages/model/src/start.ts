/** Where a fine-tuning run starts: BERT's weights, LXMERT's, or LXMERT's with its answer head. */
import { normaliseAnswer } from "./answer-text.ts";
import type { LxmertConfig } from "./config.ts";
import { ModelError } from "./error.ts";
import { initialise } from "./initialise.ts";
import { BERT, parameterShapes } from "./parameters.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/** Start weights, and what became of the checkpoint. */
export interface Start {
  readonly weights: Weights;
  /** Parameters that come from the checkpoint. */
  readonly loaded: readonly string[];
  /** Tensors of the checkpoint that the model has no place for. */
  readonly unused: readonly string[];
}

/** The same with the answer head. */
export interface AnswerStart extends Start {
  /** For each answer of the model, the checkpoint's answer it starts from; null starts from zero. */
  readonly answerRows: readonly (number | null)[];
}

/**
 * BERT's embeddings, first language layers and pooler; everything else at random. The archive's names begin with
 * `bert.` and call a LayerNorm's gain and bias gamma and beta.
 * @throws ModelError when the archive holds a tensor of another shape, or none that fits
 */
export function startFromBert(config: LxmertConfig, archive: Weights, seed: number): Start {
  const renamed = [...archive].map(
    ([name, tensor]) => [name.replace(/\.gamma$/u, ".weight").replace(/\.beta$/u, ".bias"), tensor] as const,
  );
  return placed(config, initialise(config, seed), new Map(renamed));
}

/**
 * A pretrained LXMERT without its heads (the original's `--loadLXMERT`); the answer head at random.
 * @throws ModelError when one of the encoders' tensors is missing or has another shape
 */
export function startFromLxmert(config: LxmertConfig, checkpoint: Weights, seed: number): Start {
  const start = placed(config, initialise(config, seed), checkpoint);
  const loaded = new Set(start.loaded);
  const missing = [...parameterShapes(config).keys()].filter((name) => name.startsWith(BERT) && !loaded.has(name));
  if (missing.length > 0)
    throw new ModelError(`checkpoint: no ${missing[0]?.replace(BERT, "bert")}${more(missing.length - 1)}`);
  return start;
}

function more(count: number): string {
  return count > 0 ? ` and ${count} more` : "";
}

/**
 * A pretrained LXMERT with its answer head (`--loadLXMERTQA`): the last layer's rows go to the answers with the same
 * normalised text, and answers that pretraining did not know get zero rows.
 * @param answers the model's, in the order of its labels
 * @param pretrainAnswers the checkpoint's, in the order of its labels
 */
export function startFromLxmertQa(
  config: LxmertConfig,
  checkpoint: Weights,
  seed: number,
  answers: readonly string[],
  pretrainAnswers: readonly string[],
): AnswerStart {
  if (answers.length !== config.answers)
    throw new ModelError(`answers: ${answers.length} texts for ${config.answers} answers (config.answers)`);
  const start = startFromLxmert(config, checkpoint, seed);
  const labels = new Map(pretrainAnswers.map((answer, label) => [answer, label]));
  const answerRows = answers.map((answer) => labels.get(normaliseAnswer(answer)) ?? null);
  const weights = new Map(start.weights);
  const loaded = [...start.loaded];
  for (const [name, { shape }] of parameterShapes(config)) {
    if (!name.startsWith("logit_fc.")) continue;
    const source = checkpoint.get(`answer_head.${name}`);
    if (source === undefined) throw new ModelError(`checkpoint: no answer_head.${name}`);
    const isLast = name.startsWith("logit_fc.3.");
    const expected = isLast ? [pretrainAnswers.length, ...shape.slice(1)] : shape;
    requireShape(`answer_head.${name}`, source, expected);
    weights.set(name, isLast ? pickRows(source, answerRows) : source);
    loaded.push(name);
  }
  const unused = start.unused.filter((name) => !name.startsWith("answer_head."));
  return { weights, loaded, unused, answerRows };
}

/** Rows of a matrix, or entries of a vector; null gives zeros. */
function pickRows({ shape, values }: WeightTensor, rows: readonly (number | null)[]): WeightTensor {
  const width = shape.slice(1).reduce((product, extent) => product * extent, 1);
  const picked = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries())
    if (row !== null) picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  return { shape: [rows.length, ...shape.slice(1)], values: picked };
}

/** Puts a checkpoint's `bert.*` tensors over random weights. */
function placed(config: LxmertConfig, random: Weights, checkpoint: Weights): Start {
  const weights = new Map(random);
  const loaded: string[] = [];
  const unused: string[] = [];
  for (const [name, tensor] of checkpoint) {
    const place = name.startsWith("bert.") ? name.replace("bert", BERT) : name;
    const expected = random.get(place);
    if (place === name || expected === undefined) {
      unused.push(name);
      continue;
    }
    requireShape(name, tensor, expected.shape);
    weights.set(place, tensor);
    loaded.push(place);
  }
  if (loaded.length === 0)
    throw new ModelError(`checkpoint: no tensor of a model with ${config.hidden} hidden units in it (bert.*)`);
  return { weights, loaded, unused };
}

function requireShape(name: string, tensor: WeightTensor, expected: readonly number[]): void {
  if (tensor.shape.length !== expected.length || tensor.shape.some((extent, i) => extent !== expected[i]))
    throw new ModelError(`checkpoint: ${name} is [${tensor.shape.join(", ")}], expected [${expected.join(", ")}]`);
}
