export { loadMask, saveMask } from "./mask-file.ts";
export { findMethodFile, loadMethod, methodNames, methodPath } from "./method-files.ts";
export { methodSources, methodVersion } from "./method-version.ts";
