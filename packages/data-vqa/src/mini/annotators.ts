import type { AnswerType } from "../question.ts";
import type { AnnotatorModel, MiniProfile } from "./profile.ts";
import type { RandomStream } from "./random.ts";

/** How many answer each question, as in VQA. */
export const ANNOTATORS = 10;
const MILD_AGREEMENT = 0.92;

/**
 * How ten people agree on VQA v2, fitted to 60,000 questions: the share of questions on which all ten are meant to give
 * one answer, and the range of the chance to agree on the others. The range of `other` begins at .2 so that majority
 * answer and first annotator score with the official metric what they do there (96.7 and 87.7 %).
 */
const REAL_AGREEMENT: Readonly<Record<AnswerType, { unanimous: number; agree: readonly [number, number] }>> = {
  "yes/no": { unanimous: 0.53, agree: [0.55, 0.95] },
  number: { unanimous: 0.35, agree: [0.35, 0.9] },
  other: { unanimous: 0.18, agree: [0.2, 0.9] },
};

/** How sure annotators say they are, in VQA v2's proportions. */
const CONFIDENCE = { yes: 0.809, maybe: 0.167, no: 0.024 };
export type AnnotatorConfidence = keyof typeof CONFIDENCE;

/** For every true answer what an annotator who errs says instead. */
export type Confusions = ReadonlyMap<string, readonly string[]>;

/** Answers too rare to be in any answer vocabulary: what the mildly erring say where yes or no is asked... */
const UNSURE = ["maybe", "not sure", "unclear", "it depends"];
/** ...and what real people give besides, by answer type: about as many different ones as VQA v2 shows. */
const STRAY: Readonly<Record<AnswerType, readonly string[]>> = {
  "yes/no": ["maybe"],
  number: ["many", "several", "few", "lots", "can't tell", "a lot"],
  other: ["not sure", "unclear", "unknown", "nothing", "can't tell", "both", "several", "something", "outside"],
};
const OUTSIDE_VOCABULARY = new Set([...UNSURE, ...Object.values(STRAY).flat()]);

/** Synonyms, off-by-one counts, neighbouring colours and places, the family in place of its member; then strays. */
export function confusions(profile: MiniProfile): Confusions {
  const mild = profile.annotators === "mild";
  const stray = (type: AnswerType) => (mild ? (type === "yes/no" ? UNSURE : []) : STRAY[type]);
  const table = new Map<string, readonly string[]>();
  const add = (type: AnswerType, truth: string, rivals: readonly string[]) =>
    table.set(truth, [...rivals, ...stray(type)]);
  add("yes/no", "yes", ["no"]);
  add("yes/no", "no", ["yes"]);
  for (let n = 0; n <= profile.objects[1]; n++) add("number", String(n), n === 0 ? ["1"] : [`${n - 1}`, `${n + 1}`]);
  for (const { classes, name: family } of profile.families) {
    for (const { name, synonym } of classes) add("other", name, [synonym, family]);
  }
  for (const words of [profile.colors, profile.places]) {
    for (const [i, { name, synonym }] of words.entries()) add("other", name, [synonym, next(words, i)]);
  }
  if (profile.templates.other.pattern) {
    for (const [i, pattern] of profile.patterns.entries()) add("other", pattern, profile.patterns.toSpliced(i, 1));
  }
  if (profile.templates.other.where) {
    for (const side of ["left", "right"]) add("other", side, ["middle"]);
    add("other", "middle", ["left"]);
  }
  return table;
}

/** Every answer that can be given, each once and without the strays: the dataset's answer vocabulary. */
export function answerVocabulary(table: Confusions): string[] {
  const given = [...table.keys(), ...[...table.values()].flat()];
  return [...new Set(given)].filter((answer) => !OUTSIDE_VOCABULARY.has(answer));
}

/** What ten people answer to a question whose true answer is `truth`. */
export function annotate(
  truth: string,
  type: AnswerType,
  model: AnnotatorModel,
  table: Confusions,
  random: RandomStream,
): string[] {
  const agreement = model === "mild" ? MILD_AGREEMENT : drawAgreement(type, random);
  const errors = table.get(truth);
  if (!errors) throw new RangeError(`no confusions for the answer ${truth}`);
  return Array.from({ length: ANNOTATORS }, () => (random.chance(agreement) ? truth : random.pick(errors)));
}

/** How sure one annotator says to be. */
export function drawConfidence(random: RandomStream): AnnotatorConfidence {
  return random.weighted(CONFIDENCE);
}

function drawAgreement(type: AnswerType, random: RandomStream): number {
  const { unanimous, agree } = REAL_AGREEMENT[type];
  return random.chance(unanimous) ? 1 : random.between(...agree);
}

/** The word after a word in its list, as a ring. */
function next(words: readonly { readonly name: string }[], index: number): string {
  return words[(index + 1) % words.length]?.name ?? "";
}
