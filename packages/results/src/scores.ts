import { ResultError } from "./error.ts";
import { lengthOf, type PackedSymbols, packSymbols, unpackSymbols } from "./symbols.ts";

/**
 * Per-question VQA scores, packed in tenths. The official metric averages min(1, matches / 3) over the ten ways to leave
 * one annotator out, which gives 0, .3, .6, .9 or 1; any other tenth is accepted too.
 *
 * @param scores one score 0..1 a question, in the dataset's order
 * @throws ResultError naming the first question whose score is not a tenth
 */
export function packScores(scores: ArrayLike<number>): PackedSymbols {
  const tenths = Uint8Array.from(scores, (score, question) => {
    const tenth = Math.round(score * 10);
    // float32 keeps a tenth to about 1e-8; anything further off is another kind of score.
    if (!(tenth >= 0 && tenth <= 10 && Math.abs(score * 10 - tenth) < 1e-5)) {
      throw new ResultError(`score ${score} of question ${question} is not one of 0, 0.1, ... 1`);
    }
    return tenth;
  });
  return packSymbols(tenths);
}

/** Per-question scores in whole tenths, 0..10, one a question. */
export function unpackTenths(packed: PackedSymbols): Uint32Array {
  return unpackSymbols(packed);
}

/** Per-question scores 0..1, one a question, in the dataset's order. */
export function unpackScores(packed: PackedSymbols): Float32Array {
  return Float32Array.from(unpackSymbols(packed), (tenth) => tenth / 10);
}

/** Per-question answers as indices into the dataset's answer list, packed. */
export function packPredictions(answers: ArrayLike<number>): PackedSymbols {
  return packSymbols(answers);
}

/** Per-question answers as indices into the dataset's answer list. */
export function unpackPredictions(packed: PackedSymbols): Uint32Array {
  return unpackSymbols(packed);
}

/** The accuracy, a fraction 0..1, that the packed scores give: the one number every page and comment shows. */
export function recomputeAccuracy(scores: PackedSymbols): number {
  const questions = lengthOf(scores);
  if (questions === 0) throw new ResultError("no scores: the accuracy of no questions is undefined");
  const tenths = scores.symbols.reduce((sum, tenth, i) => sum + tenth * (scores.counts[i] ?? 0), 0);
  return tenths / (10 * questions);
}
