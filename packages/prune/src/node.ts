export { saveMask, loadMask } from "./mask-file.ts";
export { loadMethod, methodNames, methodPath } from "./method-files.ts";
