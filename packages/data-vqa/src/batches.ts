import type { VqaDataset, VqaSplit } from "./dataset.ts";
import { checkRegionCount } from "./dataset.ts";
import { DataError } from "./error.ts";
import { emptyQuestion, type Question } from "./question.ts";

/** How questions become batches. */
export interface BatchOptions {
  readonly batchSize: number;
  /** Regions read per image, the most confident first. */
  readonly regions: number;
  /** Text to token ids with [CLS] and [SEP], cut to the model's length, not padded. */
  readonly encode: (text: string) => ArrayLike<number>;
}

/** Typed arrays of one batch, row-major; `size` is the leading dimension B of all of them. */
export interface Batch {
  readonly size: number;
  /** Which question each row is, as an index into `BatchLoader.questions`; [B]. */
  readonly rows: Uint32Array;
  /** T: the longest question of this batch, in tokens. */
  readonly tokenLength: number;
  /** Token ids [B, T], 0 where padded. */
  readonly tokens: Int32Array;
  /** 1 = token, 0 = padding; [B, T]. */
  readonly textMask: Float32Array;
  /** R: regions per image. */
  readonly regions: number;
  /** Region features [B, R, featureWidth]. */
  readonly features: Float32Array;
  /** Boxes as fractions of the image [B, R, 4]. */
  readonly boxes: Float32Array;
  /** Soft labels [B, answers]. */
  readonly targets: Float32Array;
}

const BATCHES_SORTED_TOGETHER = 16;

/**
 * Serves batches of one or several splits (train and nominival together, say). Questions are tokenised once; every
 * batch is freshly allocated, so that a consumer may hold one while the next is made.
 */
export class BatchLoader {
  readonly dataset: VqaDataset;
  readonly questions: readonly Question[];
  readonly options: BatchOptions;
  readonly #tokens: Int32Array;
  /** Where the tokens of question q start; one more entry closes the last. */
  readonly #starts: Uint32Array;

  constructor(dataset: VqaDataset, splits: VqaSplit | readonly VqaSplit[], options: BatchOptions) {
    checkRegionCount(dataset.name, options.regions, dataset.regionsPerImage);
    if (!Number.isInteger(options.batchSize) || options.batchSize < 1) {
      throw new DataError(`batch size ${options.batchSize} is not a positive whole number`);
    }
    this.dataset = dataset;
    this.options = options;
    this.questions = "questions" in splits ? splits.questions : splits.flatMap((split) => split.questions);
    [this.#tokens, this.#starts] = encodeAll(dataset.name, this.questions, options.encode);
  }

  /** Batches in one pass over the questions in `order` (or as many as `order` names). */
  batchCount(length = this.questions.length, dropLast = false): number {
    const batches = length / this.options.batchSize;
    return dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** Batches of the questions that `order` names, in that order; without one, of all in file order. */
  *batches(order?: Uint32Array, { dropLast = false } = {}): Generator<Batch, void, undefined> {
    for (const rows of this.#cut(order, dropLast)) yield this.batch(rows);
  }

  /** The same, each batch being read from the disk by other threads while the one before it is used. */
  async *prefetched(order?: Uint32Array, { dropLast = false } = {}): AsyncGenerator<Batch, void, undefined> {
    const cuts = this.#cut(order, dropLast);
    const begin = () => {
      const { value, done } = cuts.next();
      if (done) return null;
      const batch = this.#read(value);
      // A consumer that stops early never awaits this one; its failure is then nobody's.
      batch.catch(() => undefined);
      return batch;
    };
    for (let next = begin(); next !== null; ) {
      const batch = await next;
      next = begin();
      yield batch;
    }
  }

  /**
   * An order in which batches are padded least: the shortest questions first, within every so many batches, so that
   * questions about one image stay near each other and its regions need not be read from the disk again.
   */
  byLength(): Uint32Array {
    const span = BATCHES_SORTED_TOGETHER * this.options.batchSize;
    const order = Uint32Array.from(this.questions.keys());
    for (let start = 0; start < order.length; start += span)
      order.subarray(start, start + span).sort((a, b) => this.#length(a) - this.#length(b) || a - b);
    return order;
  }

  /** The batch of exactly these questions. */
  batch(rows: Uint32Array): Batch {
    const batch = this.#allocate(rows);
    const { regions } = batch;
    for (const [row, index] of rows.entries()) {
      const { imageId } = this.#question(index);
      this.dataset.fillRegions(imageId, regions, batch.features, batch.boxes, row * regions);
    }
    return batch;
  }

  async #read(rows: Uint32Array): Promise<Batch> {
    const { readRegions } = this.dataset;
    if (!readRegions) return this.batch(rows);
    const batch = this.#allocate(rows);
    const { regions, features, boxes } = batch;
    const images = Array.from(rows, (index) => this.#question(index).imageId);
    await Promise.all(images.map((imageId, row) => readRegions(imageId, regions, features, boxes, row * regions)));
    return batch;
  }

  *#cut(order: Uint32Array | undefined, dropLast: boolean): Generator<Uint32Array, void, undefined> {
    const rows = order ?? Uint32Array.from(this.questions.keys());
    const { batchSize } = this.options;
    const end = dropLast ? rows.length - (rows.length % batchSize) : rows.length;
    for (let start = 0; start < end; start += batchSize) yield rows.slice(start, Math.min(start + batchSize, end));
  }

  /** A batch with everything but its regions. */
  #allocate(rows: Uint32Array): Batch {
    const { dataset, options } = this;
    const { regions } = options;
    const size = rows.length;
    const targets = new Float32Array(size * dataset.answers.length);
    for (const [row, index] of rows.entries()) {
      for (const [answer, score] of this.#question(index).label) targets[row * dataset.answers.length + answer] = score;
    }
    return {
      ...{ size, rows, ...this.#text(rows), regions, targets },
      features: new Float32Array(size * regions * dataset.featureWidth),
      boxes: new Float32Array(size * regions * 4),
    };
  }

  #text(rows: Uint32Array): Pick<Batch, "tokenLength" | "tokens" | "textMask"> {
    const tokenLength = rows.reduce((longest, row) => Math.max(longest, this.#length(row)), 0);
    const tokens = new Int32Array(rows.length * tokenLength);
    const textMask = new Float32Array(rows.length * tokenLength);
    for (const [row, index] of rows.entries()) {
      const ids = this.#tokens.subarray(this.#start(index), this.#end(index));
      tokens.set(ids, row * tokenLength);
      textMask.fill(1, row * tokenLength, row * tokenLength + ids.length);
    }
    return { tokenLength, tokens, textMask };
  }

  #question(index: number): Question {
    const question = this.questions[index];
    if (!question) throw new DataError(`order names question ${index}, there are ${this.questions.length}`);
    return question;
  }

  /** Tokens of a question. */
  #length(question: number): number {
    return this.#end(question) - this.#start(question);
  }

  #start(question: number): number {
    return this.#starts[question] ?? 0;
  }

  #end(question: number): number {
    return this.#starts[question + 1] ?? 0;
  }
}

/** Token ids of all questions, one after another, and where each begins. @param dataset its name, for errors */
function encodeAll(
  dataset: string,
  questions: readonly Question[],
  encode: BatchOptions["encode"],
): [Int32Array, Uint32Array] {
  const encoded = questions.map(({ id, text }) => {
    if (text.trim() === "") throw emptyQuestion(dataset, id);
    return encode(text);
  });
  const starts = new Uint32Array(questions.length + 1);
  for (const [row, ids] of encoded.entries()) starts[row + 1] = (starts[row] ?? 0) + ids.length;
  const tokens = new Int32Array(starts[questions.length] ?? 0);
  for (const [row, ids] of encoded.entries()) tokens.set(ids, starts[row]);
  return [tokens, starts];
}
