export { type Bundle, type BundleArray, BundleError, decodeBundle, encodeBundle } from "./run/bundle.ts";
export { contentHash } from "./plan/canonical.ts";
export type { Cell, Engine, Pruning, Training, TrainingEntry } from "./plan/cell.ts";
export type { MethodChoice } from "./plan/grid.ts";
export { cellAt, type Identities, type Plan, planStudy } from "./plan/plan.ts";
export {
  type CellContext,
  CellFailure,
  type CellProgram,
  Interrupted,
  type Measurement,
  type Program,
  type Progress,
} from "./run/program.ts";
export { nearest } from "./study/complaint.ts";
export { StudyError } from "./study/error.ts";
export { loadStudy, parseStudy } from "./study/load.ts";
export { type EngineName, PHASES, type Phase, type Study, studyJsonSchema, studySchema } from "./study/study.ts";
