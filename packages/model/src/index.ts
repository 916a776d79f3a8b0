export { BOX_WIDTH, type LxmertConfig, lxmertConfig, type PartialLxmertConfig, type Savings } from "./config.ts";
export { ModelError } from "./error.ts";
export { type ForwardFlops, forwardFlops, type InputLengths } from "./flops.ts";
export { initialise } from "./initialise.ts";
export { disposeInput, type LxmertArrays, type LxmertInput, lxmertInput, shareTexts } from "./input.ts";
export {
  LxmertPretraining,
  networkOfPretraining,
  type PretrainingConfig,
  type PretrainingLosses,
  pretrainingShapes,
} from "./lxmert-pretraining.ts";
export {
  evaluatePretraining,
  initialisePretraining,
  pretrain,
  type PretrainingArrays,
  pretrainingBatch,
  type PretrainingExample,
  type PretrainingRun,
  pretrainingStream,
  type PretrainingStep,
  pretrainStep,
  type RegionArrays,
  type RegionSource,
  stepsPerEpoch,
  type TaskLosses,
  withoutImage,
} from "./pretraining.ts";
export { type MaskingVocabulary, type PretrainingLabels, type Task, TASKS } from "./pretraining-labels.ts";
export { Lxmert, type LxmertOutput, type Observer } from "./lxmert.ts";
export {
  adamW,
  bertAdam,
  DivergedError,
  Optimiser,
  type OptimiserMasks,
  type OptimiserSettings,
  type OptimiserStep,
  requireRoomToTrain,
} from "./optimiser.ts";
export {
  deadParameters,
  parameterCount,
  type ParameterKind,
  type ParameterShape,
  parameterShapes,
  sizeOf,
} from "./parameters.ts";
export { configOfRemaining, type Remaining } from "./remaining.ts";
export { parseSafetensors, type StoredDtype } from "./safetensors.ts";
export { learningRateAt, type Schedule } from "./schedule.ts";
export { type AnswerStart, type Start, startFromBert, startFromLxmert, startFromLxmertQa } from "./start.ts";
export {
  basicTokens,
  type EncodedTexts,
  type EncodingLength,
  PADDING_ID,
  parseVocabulary,
  Tokenizer,
} from "./tokenizer.ts";
export { answerLogits, bestAnswers, gradientsOf, trainStep, type TrainingStep, type VqaBatch } from "./training.ts";
export { checkWeights, type Weights, type WeightTensor } from "./weights.ts";
export { trainWordPiece } from "./wordpiece-training.ts";
