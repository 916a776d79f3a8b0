export { type Batch, BatchLoader, type BatchOptions } from "./batches.ts";
export { checkPath } from "./check/path.ts";
export type { CheckReport } from "./check/report.ts";
export type { RegionLabelArrays, RegionLabels, VqaDataset, VqaSplit } from "./dataset.ts";
export { DataError } from "./error.ts";
export { type DoctorReport, examineFolder } from "./fetch/doctor.ts";
export type { DownloadOptions, DownloadProgress } from "./fetch/mirror.ts";
export { fetchDataset, type FileState } from "./fetch/fetch.ts";
export type { FetchRecord } from "./fetch/record.ts";
export { type SourceManifest, sourceManifest, SOURCES } from "./fetch/sources.ts";
export { annotatorScore, answerIndex, majorityAnswer, softLabel } from "./label.ts";
export { MINI_SHA256 } from "./mini/checksums.ts";
export { generateMiniVqa, MiniVqa, type MiniVqaOptions } from "./mini/generate.ts";
export { type AnnotatorModel, MINI_PROFILES, type MiniProfile, type MiniProfileName } from "./mini/profile.ts";
export type { Region } from "./mini/regions.ts";
export { CANVAS, type Scene, type SceneObject } from "./mini/scene.ts";
export { sceneSvg } from "./mini/svg.ts";
export { regionRow, writeMiniVqa, type WriteOptions } from "./mini/write.ts";
export { readAnswers } from "./official/answers.ts";
export {
  type Evaluation,
  evaluateFiles,
  type EvaluationSummary,
  type Metric,
  METRICS,
} from "./official/evaluate-files.ts";
export {
  evaluateLxmert,
  evaluateOfficial,
  groundTruth,
  type GroundTruth,
  officialPercent,
  type OfficialReport,
  officialScore,
} from "./official/evaluate.ts";
export {
  type FolderOptions,
  openOfficialFolder,
  openVqaFolder,
  type RegionFolderOptions,
  type TextFolderOptions,
  VqaFolder,
} from "./official/folder.ts";
export { findLayout, type FolderLayout } from "./official/layout.ts";
export { type LxmertRecord, readLxmertQuestions, toLxmert } from "./official/lxmert.ts";
export { type Predictions, predictionsText, readPredictions } from "./official/predictions.ts";
export { type AnnotationRecord, type QuestionRecord, readAnnotations, readQuestions } from "./official/records.ts";
export { buildAnswerVocabulary, type VocabularyOptions, vocabularyOf } from "./official/vocabulary.ts";
export { PRIOR_KEYS, type PriorKey, priorPredictions, type PriorWeight } from "./priors.ts";
export { ANSWER_TYPES, type AnswerType, type LabelEntry, type Question } from "./question.ts";
export { type ConversionProgress, convertRegions, type ConvertOptions } from "./regions/convert.ts";
export type { StoreManifest } from "./regions/manifest.ts";
export type { FeatureType } from "./regions/record.ts";
export { RegionStore } from "./regions/store.ts";
export { formatRow, readRegionTsv, type RegionRow } from "./regions/tsv.ts";
export { checkRoles, describeLeak, type ImageLeak, imageLeak, type SplitRoles } from "./roles.ts";
export { type Accuracy, accuracy, softScores } from "./score.ts";
