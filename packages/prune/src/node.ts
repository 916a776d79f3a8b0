export { saveMask, loadMask } from "./mask-file.ts";
export { loadMethod, methodNames } from "./method-files.ts";
