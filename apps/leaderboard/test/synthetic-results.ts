import { createHash } from "node:crypto";
import {
  packAnswerTypes,
  packPredictions,
  packScores,
  recomputeAccuracy,
  type DatasetCard,
  type MethodCard,
  type ResultInput,
} from "@ticketbench/results";
import { writeDatasetCard, writeMethodCards, writeResult } from "@ticketbench/results/node";

/**
 * Results that look like a study's and are none: made-up scores for the site's tests. Their dataset is called
 * "synthetic" so that nobody takes them for measurements.
 */
export interface SyntheticStudy {
  readonly methods: readonly SyntheticMethod[];
  readonly targets: readonly number[];
  readonly seeds: readonly number[];
  readonly questions: number;
}

export interface SyntheticMethod {
  readonly id: string;
  readonly title: string;
  /** Sparsity at which accuracy has fallen half way to the floor. */
  readonly knee: number;
}

type DoneInput = Extract<ResultInput, { status: "done" }>;
type PhaseInput = NonNullable<DoneInput["phases"]["dense"]>;

const ANSWERS = ["yes", "no", "two", "red", "dog"];
const TYPES = ["yes/no", "number", "other"] as const;
const PRUNABLE = { language: 60_000, object: 40_000, "cross-modality": 120_000, head: 20_000 };
const PARAMETERS = 300_000;
const DENSE = 0.71;
const FLOOR = 0.24;

export function hashOf(...words: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("hex");
}

/** A stream of numbers in [0, 1) that depends only on its name (xorshift on a hash). */
function stream(...name: readonly unknown[]): () => number {
  let state = Number.parseInt(hashOf(...name).slice(0, 8), 16) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function typeOf(question: number): (typeof TYPES)[number] {
  const place = question % 50;
  return place < 19 ? "yes/no" : place < 25 ? "number" : "other";
}

/** Scores of one evaluation: hard questions are hard for every cell, as in real data, so paired tests see more. */
function phase(accuracy: number, questions: number, ...name: readonly unknown[]): PhaseInput {
  const difficulty = stream("difficulty");
  const luck = stream(...name);
  const levels = [1, 1, 1, 0.9, 0.6, 0.3];
  const scores = Array.from({ length: questions }, (_, question) => {
    const shift = typeOf(question) === "yes/no" ? 0.1 : -0.06;
    const level = levels[question % levels.length] ?? 1;
    return 0.95 * difficulty() + 0.05 * luck() < accuracy + shift ? level : 0;
  });
  const byAnswerType = Object.fromEntries(
    TYPES.map((type) => {
      const own = scores.filter((_, question) => typeOf(question) === type);
      return [type, { accuracy: own.length === 0 ? 0 : mean(own), questions: own.length }];
    }),
  );
  const packed = packScores(scores);
  const predictions = packPredictions(
    scores.map((score, question) => (question + (score > 0 ? 0 : 1)) % ANSWERS.length),
  );
  return { accuracy: recomputeAccuracy(packed), byAnswerType, scores: packed, predictions };
}

function mean(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + Math.round(score * 10), 0) / (10 * scores.length);
}

/** What every result of the study says alike. */
function common(study: SyntheticStudy, seed: number) {
  return {
    schemaVersion: 1 as const,
    track: "mini" as const,
    study: {
      name: "synthetic-study",
      hash: hashOf("study"),
      resolved: {
        name: "synthetic-study",
        recipe: { epochs: 4, batchSize: 32, learningRate: 5e-5 },
        seeds: [...study.seeds],
      },
    },
    scope: "encoder-matrices",
    seed,
    seeds: { init: seed, order: seed + 100, dropout: seed + 200, mask: seed + 300 },
    provenance: {
      gitSha: "0".repeat(40),
      dirty: false,
      planHash: hashOf("plan"),
      lockHash: hashOf("lock"),
      engine: { name: "wasm", version: "1.0.0", arithmetic: "float32" },
      node: "v24.21.0",
    },
    hardware: { cpu: "a made-up processor", cores: 2, memoryBytes: 8e9, gpu: null },
    createdAt: "2026-01-02T03:04:05.000Z",
  };
}

function measurement(study: SyntheticStudy, target: number) {
  const modules = Object.fromEntries(
    Object.entries(PRUNABLE).map(([name, weights]): [string, [kept: number, pruned: number]] => {
      const pruned = Math.round(weights * target);
      return [name, [weights - pruned, pruned]];
    }),
  );
  const pruned = Object.values(modules).reduce((sum, [, gone]) => sum + gone, 0);
  const prunable = Object.values(PRUNABLE).reduce((sum, weights) => sum + weights, 0);
  const left = PARAMETERS - pruned;
  return {
    pruned,
    fields: {
      dataset: {
        name: "synthetic",
        hash: hashOf("dataset", study.questions),
        split: "minival",
        selectionSplit: "nominival",
        questions: study.questions,
        floors: { constantAnswer: FLOOR, questionPrior: 0.36 },
      },
      model: { config: { hidden: 64, heads: 4 }, startWeights: hashOf("start"), parameters: PARAMETERS },
      measured: { prunable: pruned / prunable, total: pruned / PARAMETERS },
      ledger: { modules, resolution: 4 },
      cost: {
        seconds: { "fine-tune": 9.1, evaluate: 0.8 },
        samplesPerSecond: 1850,
        peakMemoryBytes: 2.1e8,
        trainingFlops: 4.5e11,
        findMaskSeconds: 0.2,
      },
      bytes: { dense: PARAMETERS * 4, sparse: left * 6, compressed: Math.round(left * 3.7) },
      flops: { dense: 7.2e6, sparse: Math.round((7.2e6 * left) / PARAMETERS) },
      latency: { denseMilliseconds: 11, sparseMilliseconds: 11.2 - target / 5, batchSize: 32, repeats: 9 },
    },
  };
}

function history(stage: string, accuracy: number): DoneInput["training"][number] {
  const epochs = [0.7, 0.9, 0.97, 1].map((share, epoch) => ({
    loss: 3 - 2 * share * accuracy,
    trainAccuracy: accuracy * share,
    selectionAccuracy: accuracy * share * 0.98,
    learningRate: 5e-5 * (1 - epoch / 4),
    seconds: 2.3,
  }));
  return { stage, epochs, selectedEpoch: 3 };
}

export function denseId(seed: number): string {
  return hashOf("dense", seed);
}

export function syntheticDense(study: SyntheticStudy, seed: number): DoneInput {
  return {
    ...common(study, seed),
    ...measurement(study, 0).fields,
    id: denseId(seed),
    kind: "dense",
    status: "done",
    method: null,
    target: 0,
    denseId: null,
    maskHash: null,
    zeroMask: null,
    phases: { dense: phase(DENSE, study.questions, "dense", seed) },
    training: [history("fine-tune", DENSE)],
  };
}

/** Accuracy right after a phase: retraining holds on longest, rewinding falls first. */
function fallen(knee: number, target: number, hardiness: number): number {
  return FLOOR + (DENSE - FLOOR) / (1 + Math.exp((target - knee * hardiness) * 14));
}

export function syntheticTicket(
  study: SyntheticStudy,
  method: SyntheticMethod,
  target: number,
  seed: number,
): DoneInput {
  const { pruned, fields } = measurement(study, target);
  const name = [method.id, target, seed];
  const retrained = fallen(method.knee, target, 1);
  return {
    ...common(study, seed),
    ...fields,
    id: hashOf("ticket", ...name),
    kind: "ticket",
    status: "done",
    method: { id: method.id, title: method.title, version: hashOf(method.id), params: {} },
    target,
    denseId: denseId(seed),
    maskHash: hashOf("mask", ...name),
    zeroMask: { asked: pruned, zerosOnCheckpoint: pruned },
    phases: {
      pruned: phase(fallen(method.knee, target, 0.6), study.questions, "pruned", ...name),
      rewound: phase(fallen(method.knee, target, 0.35), study.questions, "rewound", ...name),
      retrained: phase(retrained, study.questions, "retrained", ...name),
    },
    training: [history("retrain", retrained)],
  };
}

/** A cell that did not come to an end. */
export function syntheticFailure(
  study: SyntheticStudy,
  method: SyntheticMethod,
  target: number,
  seed: number,
): ResultInput {
  return {
    ...common(study, seed),
    id: hashOf("failed", method.id, target, seed),
    kind: "ticket",
    status: "failed",
    method: { id: method.id, title: method.title, version: hashOf(method.id), params: {} },
    target,
    denseId: denseId(seed),
    failure: {
      reason: "diverged",
      message: "the loss is NaN at step 17",
      logTail: "step 16 loss 8.1e+12\nstep 17 loss NaN <b>",
    },
  };
}

export function syntheticResults(study: SyntheticStudy): ResultInput[] {
  const tickets = study.methods.flatMap((method) =>
    study.targets.flatMap((target) => study.seeds.map((seed) => syntheticTicket(study, method, target, seed))),
  );
  return [...study.seeds.map((seed) => syntheticDense(study, seed)), ...tickets];
}

function imageOf(question: number): string {
  return `SYNTHETIC_${String(Math.floor(question / 8))}`;
}

function syntheticScene(question: number): NonNullable<DatasetCard["scenes"]>[string] {
  const kinds = ["dog", "cat", "horse", "bird", "car", "boat", "bus", "train", "apple", "pizza", "cake", "banana"];
  const more = ["chair", "cup", "clock", "umbrella"];
  const colors = ["red", "blue", "green", "yellow", "white", "purple"];
  const place = ["beach", "park", "street", "kitchen"][(question / 8) % 4] ?? "park";
  const objects = [0, 1, 2, 3].map((turn) => ({
    kind: [...kinds, ...more][(question / 2 + turn) % 16] ?? "dog",
    color: colors[(question / 8 + turn) % colors.length] ?? "red",
    pattern: ["plain", "striped", "dotted"][(question / 8 + turn) % 3] ?? "plain",
    box: [20 + 155 * turn, 120 + 60 * (turn % 2), 160 + 155 * turn, 270 + 70 * (turn % 2)] as [
      number,
      number,
      number,
      number,
    ],
  }));
  return { place, width: 640, height: 480, objects };
}

/** The questions behind the scores: the answer to question i is answer i of five, in turn. */
function syntheticCard({ questions }: SyntheticStudy): DatasetCard {
  const indices = Array.from({ length: questions }, (_, question) => question);
  return {
    schemaVersion: 1,
    name: "synthetic",
    hash: hashOf("dataset", questions),
    split: "minival",
    answers: ANSWERS,
    types: packAnswerTypes(indices.map(typeOf)),
    questions: indices.map((question) => `made-up question ${String(question)} ?`),
    images: indices.map(imageOf),
    given: indices.map((question) => ({ [ANSWERS[question % ANSWERS.length] ?? ""]: 8, maybe: 2 })),
    scenes: Object.fromEntries(
      indices.filter((question) => question % 8 === 0).map((question) => [imageOf(question), syntheticScene(question)]),
    ),
  };
}

/** A card as the bench exports it; its words are as hostile as a stranger's. */
function syntheticMethodCard(method: SyntheticMethod): MethodCard {
  return {
    id: method.id,
    title: method.title,
    idea: `Keep what is large. ${HOSTILE}`.slice(0, 300),
    citation: "@inproceedings{nobody2026, title = {<b>Made up</b>}, year = {2026}}",
    version: hashOf(method.id),
    family: "magnitude",
    needs: ["calibration"],
    structure: "2:4 in every row",
    parameters: [{ name: "rounds", type: "integer", default: 3, range: "1 to 50", doc: "prunings & rewinds" }],
    conformance: [
      { check: "polarity", outcome: "passed", line: "keeps the high end" },
      { check: "label", outcome: "warned", line: "0.30 is a measured 0.2047" },
      { check: "ties", outcome: "failed", line: "one weight too many <i>" },
    ],
  };
}

export async function writeResults(folder: string, results: readonly ResultInput[]): Promise<void> {
  for (const result of results) await writeResult(folder, result);
}

export const HOSTILE = "<script>alert(1)</script> \u202eevil\u202c & “quotes” ".padEnd(300, "wide ");

/** The study most tests look at: three baselines on a full grid, and the troublemakers of real life. */
export const STUDY: SyntheticStudy = {
  methods: [
    { id: "magnitude", title: "Low magnitude", knee: 0.88 },
    { id: "random", title: "Random", knee: 0.55 },
    { id: "high-magnitude", title: "High magnitude", knee: 0.33 },
    { id: "snip", title: "SNIP", knee: 0.86 },
  ],
  targets: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98],
  seeds: [0, 1, 2],
  questions: 1600,
};

export async function writeTestResults(folder: string): Promise<void> {
  const hostile: SyntheticMethod = { id: "hostile", title: HOSTILE, knee: 0.7 };
  const lone = [0.2, 0.5, 0.8].map((target) => syntheticTicket(STUDY, hostile, target, 0));
  const unfinished = [0.3, 0.6].map((target) => {
    const ticket = syntheticTicket(STUDY, { id: "half-done", title: "Half done", knee: 0.6 }, target, 1);
    const { pruned, rewound } = ticket.phases;
    return { ...ticket, phases: { pruned, rewound }, zeroMask: null, training: [] };
  });
  const failed = [0.9, 0.95].map((target) => syntheticFailure(STUDY, hostile, target, 0));
  const [first] = STUDY.methods;
  if (!first) throw new Error("the study has no methods");
  const again = syntheticTicket(STUDY, first, 0.5, 0);
  const revision = { ...again, supersedes: again.id, createdAt: "2026-02-03T04:05:06.000Z" };
  const coded = [0.5, 0.7, 0.9].flatMap((target) =>
    STUDY.seeds.map((seed) => ({
      ...syntheticTicket(STUDY, { id: "thesis-low", title: "Thesis low", knee: 0.93 }, target, seed),
      division: "as-coded" as const,
    })),
  );
  const control = [0.5, 0.8].flatMap((target) =>
    STUDY.seeds.map((seed) => {
      const ticket = syntheticTicket(STUDY, { id: "shuffle", title: "Shuffled mask", knee: 0.6 }, target, seed);
      return { ...ticket, method: ticket.method && { ...ticket.method, params: { of: "magnitude", with: {} } } };
    }),
  );
  await writeDatasetCard(folder, syntheticCard(STUDY));
  await writeMethodCards(folder, { version: 1, methods: [syntheticMethodCard(first)] });
  await writeResults(folder, [
    ...syntheticResults(STUDY),
    ...lone,
    ...unfinished,
    ...failed,
    ...coded,
    ...control,
    revision,
  ]);
}
