import { extname } from "node:path";
import { StudyError } from "../study/error.ts";

/** Refuses a new file whose name promises another kind of checkpoint than is written. */
export function checkSafetensorsTarget(file: string): void {
  const extension = extname(file).toLowerCase();
  if (extension !== "" && extension !== ".safetensors")
    throw new StudyError(
      `${file}: checkpoints are written as safetensors; let the new file's name end in .safetensors`,
    );
}
