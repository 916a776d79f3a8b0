import { basename } from "node:path";
import { findMethodFile, methodNames, methodPath } from "@ticketbench/prune/node";
import { StudyError } from "../study/error.ts";

/** A method that someone brings: its file, and the name that studies and results know it by. */
export interface Contribution {
  readonly id: string;
  readonly file: string;
  /** Its file by name where it does not ship: what a sandboxed program is told. */
  readonly paths: Readonly<Record<string, string>>;
}

/**
 * The contribution that a command names, by name or path. Throws StudyError for a file whose name cannot be a method's or
 * is that of another one; PruneError where there is none.
 */
export async function contributionOf(nameOrPath: string): Promise<Contribution> {
  const file = await findMethodFile(nameOrPath);
  const id = basename(file, ".ts");
  if (!/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(file)))
    throw new StudyError(`${file}: a method's file is named like wanda.ts: small letters, digits and -`);
  if (file === methodPath(id)) return { id, file, paths: {} };
  if ((await methodNames()).includes(id))
    throw new StudyError(`${file}: a method called ${id} ships already; give the file another name`);
  return { id, file, paths: { [id]: file } };
}
