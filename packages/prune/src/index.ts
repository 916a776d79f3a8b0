export {
  type Allocation,
  apportion,
  GRANULARITIES,
  type Granularity,
  type ModuleRatios,
  unitsOf,
} from "./allocation.ts";
export { type Calibration, calibrationOf, type Gradients, type InputVisitor } from "./calibration.ts";
export { type Compact, removeEmptied } from "./compact.ts";
export { controlOf, denseSmallConfig, randomWithSameRatios, shuffleMask } from "./controls.ts";
export {
  type AsCoded,
  defineMethod,
  type MaskMethod,
  type Method,
  type MethodCard,
  type PruneContext,
  type Pruned,
  type Schedule,
  type ScheduleContext,
  type ScheduleMethod,
  type ScoreContext,
  type ScoreMethod,
  type Training,
  type TrainingState,
} from "./define-method.ts";
export { type Count, type Ledger, type LedgerLine, ledgerOf } from "./ledger.ts";
export { KEEP, Mask } from "./mask.ts";
export { decodeMask, encodeMask, hashMask, hashShapes } from "./mask-code.ts";
export { changeMask, optimiserMasks, trainingState } from "./masked-training.ts";
export { deadParameters, kindOf, type Module, MODULES, moduleOf, type ParameterKind } from "./parameter.ts";
export { prune, type PruneOutcome, startSchedule } from "./prune.ts";
export { parseParams } from "./params.ts";
export type { PruneSettings } from "./prune-context.ts";
export { PruneError } from "./prune-error.ts";
export { rewind, type RewindPoint, type StoredWeights } from "./rewinding.ts";
export { describeScope, prunableNames, type Scope, type ScopeName, SCOPES } from "./scope.ts";
export { type Scores, selectHighest, selectInUnits, type Slice, type Unit } from "./select.ts";
export { type Shapes, shapesOf } from "./shapes.ts";
export { checkMethod, type CheckSettings } from "./conformance/check-method.ts";
export type { MaskedTrainer, StartTrainer } from "./conformance/enforcement.ts";
export { describeFinding, type Finding } from "./conformance/finding.ts";
export { Laboratory, type Trial } from "./conformance/laboratory.ts";
export type { EngineOpener } from "./conformance/repeatability.ts";
