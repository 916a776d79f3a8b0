export { type Duplicate, findDuplicates } from "./duplicates.ts";
export { type Problem, ResultError } from "./error.ts";
export { resultJsonSchema } from "./json-schema.ts";
export { type Migration, migrate } from "./migrate.ts";
export { parseResult } from "./parse.ts";
export { type AnswerType, answerTypes, type PhaseName, phaseNames } from "./schema/measurement.ts";
export {
  currentVersion,
  type DoneResult,
  divisions,
  type FailedResult,
  type Ledger,
  type Phase,
  type Result,
  type ResultInput,
  resultSchema,
  type TrainingStage,
  tiers,
  tracks,
} from "./schema/result.ts";
export {
  packPredictions,
  packScores,
  recomputeAccuracy,
  unpackPredictions,
  unpackScores,
  unpackTenths,
} from "./scores.ts";
export { lengthOf, type PackedSymbols } from "./symbols.ts";
export { hasGranularity, ledgerTotals, verifyResult } from "./verify.ts";
