import type { AnswerType } from "./schema/measurement.ts";
import type { DoneResult, FailedResult, Phase } from "./schema/result.ts";
import { packPredictions, packScores } from "./scores.ts";
import { ledgerTotals } from "./verify.ts";

/** Hexadecimal text that stands for a hash in tests. */
export function sampleHash(seed: number, digits = 64): string {
  let text = "";
  for (let i = 0, state = seed + 1; text.length < digits; i++) {
    state = (Math.imul(state, 48271) + i) >>> 0;
    text += state.toString(16).padStart(8, "0");
  }
  return text.slice(0, digits);
}

const tenths = [0, 3, 6, 9, 10];

/** Answer type of a question of the sample: VQA's mix. */
export function sampleAnswerType(question: number): AnswerType {
  return question % 8 < 3 ? "yes/no" : question % 8 === 3 ? "number" : "other";
}

/** A phase over made-up answers: VQA's five score levels and mix of types, 2 + 5 + 37 answers. */
export function samplePhase(questions: number, seed: number): Phase {
  let state = seed + 1;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
  const scores = Array.from({ length: questions }, () => (tenths[Math.min(next() % 7, 4)] ?? 0) / 10);
  const answerTo = (type: string): number =>
    type === "yes/no" ? next() % 2 : type === "number" ? 2 + (next() % 5) : 7 + (next() % 37);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, score) => sum + Math.round(score * 10), 0) / (10 * values.length);
  const byType = (type: string) => {
    const chosen = scores.filter((_, question) => sampleAnswerType(question) === type);
    return { accuracy: mean(chosen), questions: chosen.length };
  };
  return {
    accuracy: mean(scores),
    byAnswerType: { "yes/no": byType("yes/no"), number: byType("number"), other: byType("other") },
    scores: packScores(scores),
    predictions: packPredictions(scores.map((_, question) => answerTo(sampleAnswerType(question)))),
  };
}

/** Module names of a small LXMERT with their prunable weights. */
function sampleLedger(pruneShare: number): DoneResult["ledger"] {
  const modules: DoneResult["ledger"]["modules"] = {};
  const layers = [
    "language.0",
    "object.0",
    "cross.0.attention",
    "cross.0.language",
    "cross.0.object",
    "cross.1.attention",
  ];
  for (const layer of [...layers, "cross.1.language", "cross.1.object", "pooler"]) {
    for (const part of ["attention", "intermediate", "output"]) {
      const size = part === "attention" ? 16384 : 16000;
      const pruned = Math.round(size * pruneShare);
      modules[`encoder.${layer}.${part}`] = [size - pruned, pruned];
    }
  }
  return { modules, resolution: Object.keys(modules).length };
}

/** A finished, verifying ticket of the mini track; made up, for tests only. */
export function sampleTicket(overrides: Partial<DoneResult> = {}, questions = 1600): DoneResult {
  const seed = overrides.seed ?? 0;
  const target = overrides.target ?? 0.5;
  const ledger = sampleLedger(target);
  const { pruned, prunable } = ledgerTotals(ledger);
  const parameters = 600_000;
  const stream = 1000 * seed + Math.round(target * 100);
  const epochs = [0.001, 0.0007, 0.0003, 0].map((learningRate, epoch) => ({
    loss: 4.7512345678 / (epoch + 1),
    trainAccuracy: 0.6123456789 + epoch / 10,
    selectionAccuracy: 0.5987654321 + epoch / 10,
    learningRate,
    seconds: 1.912345,
  }));
  return {
    schemaVersion: 1,
    id: sampleHash(stream),
    kind: "ticket",
    status: "done",
    track: "mini",
    division: "closed",
    study: { name: "sample", hash: sampleHash(1), resolved: { epochs: 4, note: "x".repeat(1000) } },
    method: { id: "magnitude", title: "Magnitude", version: sampleHash(2), params: { scope: "layer" } },
    scope: "encoder",
    seed,
    target,
    denseId: sampleHash(100 + seed),
    seeds: { init: seed, order: seed, dropout: seed, mask: seed, data: 0 },
    provenance: {
      gitSha: sampleHash(4, 40),
      dirty: false,
      planHash: sampleHash(5),
      lockHash: sampleHash(6),
      engine: { name: "wasm", version: "4.22.0", arithmetic: "float32" },
      node: "v24.21.0",
    },
    hardware: { cpu: "A processor", cores: 2, memoryBytes: 8 * 2 ** 30, gpu: null },
    tier: "self-reported",
    createdAt: "2026-01-01T00:00:00Z",
    dataset: {
      name: "mini-vqa/quick",
      hash: sampleHash(7),
      split: "minival",
      selectionSplit: "nominival",
      questions,
      floors: { constantAnswer: 0.196, questionPrior: 0.361 },
    },
    model: { config: { hidden: 64, heads: 4 }, startWeights: sampleHash(8), parameters },
    measured: { prunable: pruned / prunable, total: pruned / parameters },
    ledger,
    maskHash: sampleHash(stream + 9),
    zeroMask: { asked: pruned, zerosOnCheckpoint: pruned },
    phases: {
      pruned: samplePhase(questions, stream + 1),
      rewound: samplePhase(questions, stream + 2),
      retrained: samplePhase(questions, stream + 3),
    },
    training: [{ stage: "retrain", epochs, selectedEpoch: 3 }],
    cost: {
      seconds: { load: 0.1, prune: 0.05, retrain: 7.9, evaluate: 0.8 },
      samplesPerSecond: 2140,
      peakMemoryBytes: 4e8,
      trainingFlops: 4.5e11,
      findMaskSeconds: 0.05,
    },
    bytes: { dense: 1_436_000, sparse: 900_000, compressed: 800_000 },
    ...overrides,
  };
}

/** The failure of a cell like `sampleTicket`. */
export function sampleFailure(overrides: Partial<FailedResult> = {}): FailedResult {
  const { schemaVersion, id, kind, track, division, study, method, scope, target } = sampleTicket();
  const { denseId, seeds, provenance, hardware, tier, createdAt, seed } = sampleTicket();
  const identity = { schemaVersion, id, kind, track, division, study, method, scope, seed, target, denseId, seeds };
  const failure = { reason: "diverged" as const, message: "loss is NaN", logTail: "step 12: loss NaN" };
  return { ...identity, provenance, hardware, tier, createdAt, status: "failed", failure, ...overrides };
}
