export {
  readSafetensors,
  readSafetensorsHeader,
  type SafetensorsWriting,
  writeSafetensors,
} from "./safetensors-file.ts";
export { bertVocabulary, readVocabulary } from "./vocabulary-file.ts";
