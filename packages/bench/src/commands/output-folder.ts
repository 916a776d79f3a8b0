import { statSync } from "node:fs";
import { prepareFolder } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";

/** Make sure that what `--out` names is a folder that can be written; throws in words where it is not. */
export async function outputFolder(folder: string): Promise<void> {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory())
    throw new StudyError(`--out ${folder}: a file stands where a folder is needed`);
  await prepareFolder(folder);
}
