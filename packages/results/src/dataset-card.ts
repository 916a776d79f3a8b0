import type { Problem } from "./error.ts";
import { fileError, objectFrom, problemsOf } from "./parse.ts";
import { type DatasetCard, datasetCardSchema } from "./schema/dataset-card.ts";
import { type AnswerType, answerTypes, type PhaseName, phaseNames } from "./schema/measurement.ts";
import type { DoneResult, Phase } from "./schema/result.ts";
import { unpackTenths } from "./scores.ts";
import { lengthOf, type PackedSymbols, packSymbols, unpackSymbols } from "./symbols.ts";

/** Answer types of a split's questions, packed for a card. */
export function packAnswerTypes(types: readonly AnswerType[]): PackedSymbols {
  return packSymbols(types.map((type) => answerTypes.indexOf(type)));
}

/** The answer type of each question, in the dataset's order. */
export function answerTypesOf(card: DatasetCard): AnswerType[] {
  return Array.from(unpackSymbols(card.types), (type) => answerTypes[type] ?? "other");
}

/**
 * Accuracy by answer type, recomputed from a phase's scores; types without questions are left out.
 *
 * @param scores of the card's questions
 */
export function recomputeByType(scores: PackedSymbols, card: DatasetCard): Phase["byAnswerType"] {
  const tenths = unpackTenths(scores);
  const types = unpackSymbols(card.types);
  const sums = answerTypes.map(() => ({ sum: 0, questions: 0 }));
  types.forEach((type, question) => {
    const at = sums[type];
    if (!at) return;
    at.sum += tenths[question] ?? 0;
    at.questions++;
  });
  const rows = sums.map(({ sum, questions }) => ({ accuracy: sum / (10 * questions), questions }));
  return Object.fromEntries(answerTypes.flatMap((type, i) => (rows[i]?.questions ? [[type, rows[i]]] : [])));
}

/** Whether a result is scored on this card's questions. */
export function cardFits(card: DatasetCard, result: DoneResult): boolean {
  return card.hash === result.dataset.hash && card.split === result.dataset.split;
}

function checkTypes(name: PhaseName, phase: Phase, card: DatasetCard): Problem[] {
  const recomputed = recomputeByType(phase.scores, card);
  return answerTypes.flatMap((type) => {
    const [claimed, counted] = [phase.byAnswerType[type], recomputed[type]];
    const accuracyOff = Math.abs((claimed?.accuracy ?? 0) - (counted?.accuracy ?? 0)) > 1e-9;
    if (!accuracyOff && claimed?.questions === counted?.questions) return [];
    const told = claimed ? `${claimed.accuracy} of ${claimed.questions} questions` : "missing";
    const found = counted ? `${counted.accuracy} of ${counted.questions}` : "no such questions";
    return [{ field: `phases.${name}.byAnswerType.${type}`, message: `${told}, but its scores give ${found}` }];
  });
}

/** Checks what `verifyResult` cannot know without the questions: accuracy by answer type, and answers that exist. */
export function verifyAgainstCard(result: DoneResult, card: DatasetCard): Problem[] {
  const questions = lengthOf(card.types);
  if (result.dataset.questions !== questions) {
    const message = `${result.dataset.questions}, but ${card.name} ${card.split} has ${questions}`;
    return [{ field: "dataset.questions", message }];
  }
  return phaseNames.flatMap((name) => {
    const phase = result.phases[name];
    if (!phase) return [];
    const largest = phase.predictions?.symbols.at(-1) ?? 0;
    const message = `answer ${largest} of a vocabulary of ${card.answers.length}`;
    const unknown = largest >= card.answers.length ? [{ field: `phases.${name}.predictions`, message }] : [];
    return [...unknown, ...checkTypes(name, phase, card)];
  });
}

/**
 * A dataset card, from JSON text or a parsed value.
 *
 * @throws ResultError naming the file and each wrong field
 */
export function parseDatasetCard(json: unknown, fileName: string): DatasetCard {
  const parsed = datasetCardSchema.safeParse(objectFrom(json, fileName));
  if (!parsed.success) throw fileError(fileName, problemsOf(parsed.error));
  const card = parsed.data;
  const questions = lengthOf(card.types);
  const wrong = (["questions", "images", "given"] as const).filter(
    (list) => (card[list]?.length ?? questions) !== questions,
  );
  const problems = wrong.map((field) => ({
    field,
    message: `${card[field]?.length} entries for ${questions} questions`,
  }));
  if (problems.length > 0) throw fileError(fileName, problems);
  return card;
}
