import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asWorkspaceError, WorkspaceError } from "./atomic-file.ts";
import { ArtifactStore } from "./store.ts";

/** The folder in which unfinished work lives (`.ticketbench`): nothing in it is a result, all of it can be remade. */
export class Workspace {
  readonly root: string;
  readonly store: ArtifactStore;

  constructor(root: string) {
    this.root = root;
    this.store = new ArtifactStore(join(root, "store"));
  }

  /** Where the checkpoints of one cell lie. */
  checkpoints(cell: string): string {
    return join(this.root, "checkpoints", cell);
  }

  /** A cell's log: one JSON object a line. */
  logFile(cell: string): string {
    return join(this.root, "logs", `${cell}.jsonl`);
  }

  /** What a cell's process wrote to its standard output and error. */
  outputFile(cell: string): string {
    return join(this.root, "logs", `${cell}.out`);
  }

  /** Where Node keeps the compiled code of the cells' processes. */
  get compiledCode(): string {
    return join(this.root, "compiled");
  }

  planFile(study: string, hash: string): string {
    return join(this.root, "plans", `${study}-${hash.slice(0, 12)}.json`);
  }

  /** Where results go when nobody says otherwise. */
  resultsFolder(study: string): string {
    return join(this.root, "results", study);
  }
}

/** Make sure that a folder exists and can be written; throws WorkspaceError in words where not. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    const known = asWorkspaceError(error, folder);
    throw known instanceof WorkspaceError ? known : new WorkspaceError(`${folder}: ${(error as Error).message}`);
  }
}

/** Folder by folder: Node's recursive mkdir never returns where a file system answers "no such file" to it (/proc). */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  if (found !== null) throw Object.assign(new Error("not a folder"), { code: "EEXIST" });
  await makeFolder(dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
