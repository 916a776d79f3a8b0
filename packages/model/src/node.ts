export { readCheckpoint, singleGpuName } from "./checkpoint.ts";
export {
  readSafetensors,
  readSafetensorsHeader,
  type SafetensorsWriting,
  writeSafetensors,
} from "./safetensors-file.ts";
export { type TorchFile, withTorchFile } from "./torch-file.ts";
export { bertVocabulary, readVocabulary } from "./vocabulary-file.ts";
export { checkpointRows, type PerfCase, type PerfRow, stepRows, tokenizerRows } from "./perf.ts";
