// The documents: results, published numbers, dataset cards.
export { type DatasetCard, datasetCardSchema } from "./schema/dataset-card.ts";
export { type MethodCard, type MethodCards, methodCardsSchema } from "./schema/method-card.ts";
export { type AnswerType, answerTypes, type PhaseName, phaseNames } from "./schema/measurement.ts";
export {
  type Reported,
  type ReportedClaim,
  type ReportedFlag,
  type ReportedRow,
  reportedSchema,
} from "./schema/reported.ts";
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

// Reading, checking and showing them.
export {
  type ConformanceLine,
  commentLimit,
  commentMarker,
  nothingComment,
  quietMarker,
  refusalComment,
  type VerdictCommentInput,
  verdictComment,
} from "./comment.ts";
export {
  answerTypesOf,
  cardFits,
  packAnswerTypes,
  parseDatasetCard,
  recomputeByType,
  verifyAgainstCard,
} from "./dataset-card.ts";
export { comparableGroups, comparableKey, denseOf, variantsOfAll } from "./comparable.ts";
export {
  compareSides,
  contenderAt,
  DENSE,
  type ScoreFile,
  type Side,
  type SidesCompared,
  scoreFileOf,
  sideOf,
  sideOfResult,
} from "./curve-side.ts";
export { diffResults, type FieldChange, type PhaseChange, type ResultDiff, sameMeasurement } from "./diff.ts";
export { type Duplicate, findDuplicates } from "./duplicates.ts";
export { type Problem, ResultError } from "./error.ts";
export { resultJsonSchema } from "./json-schema.ts";
export { parseMethodCards } from "./method-card.ts";
export { type Migration, migrate } from "./migrate.ts";
export { parseResult } from "./parse.ts";
export { parseReported, reportedQuestions, verifyReported } from "./reported.ts";
export {
  packPredictions,
  packScores,
  recomputeAccuracy,
  unpackPredictions,
  unpackScores,
  unpackTenths,
} from "./scores.ts";
export { chainProblems } from "./supersede-chains.ts";
export { currentResults, historyOf, resultName } from "./supersede.ts";
export { lengthOf, type PackedSymbols } from "./symbols.ts";
export { type TableRow, tableColumns, tableOf, toCsv, toParquet } from "./table.ts";
export { controlledMethod, type Variant, variantsOf } from "./variant.ts";
export { hasGranularity, ledgerTotals, verifyResult } from "./verify.ts";

// What may be said about them.
export { bootstrapMean } from "./statistics/bootstrap.ts";
export { type CurvePair, type CurveVerdict, compareCurves } from "./statistics/curves.ts";
export { type Difference, pairedDifference } from "./statistics/difference.ts";
export { holm } from "./statistics/holm.ts";
export { noiseThreshold } from "./statistics/noise.ts";
export { points, pText, shareText, signedPoints } from "./statistics/notation.ts";
export { permutationP } from "./statistics/permutation.ts";
export { type CurvePoint, type JudgedPoint, type PruningLimit, pruningLimit } from "./statistics/prunable.ts";
export { type Ranked, rankTies } from "./statistics/rank.ts";
export { type Contender, contenderOf, onQuestions, type Run, runAccuracy } from "./statistics/runs.ts";
export { tCdf, tQuantile } from "./statistics/student-t.ts";
export { type Interval, mean, quantile, type Summary, sampleSd, summarize } from "./statistics/summary.ts";
export {
  minimumSeeds,
  type Outcome,
  type Verdict,
  type VerdictOptions,
  verdict,
} from "./statistics/verdict.ts";
