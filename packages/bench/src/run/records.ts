import { readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { type DatasetCard, type Result, ResultError, type ResultInput } from "@ticketbench/results";
import { readResult, writeDatasetCard, writeResult } from "@ticketbench/results/node";
import { asWorkspaceError } from "./atomic-file.ts";

/** What the results folder says about a cell; only a verified file counts as done. */
export type CellState =
  | { readonly state: "missing" }
  | { readonly state: "done"; readonly result: Result; readonly file: string }
  | { readonly state: "failed"; readonly result: Result; readonly file: string }
  | { readonly state: "damaged"; readonly file: string; readonly message: string };

/** A study's results as files: `<id>.json`, and `<id>.2.json` and so on where a later attempt replaced a failed one. */
export class ResultFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Reads and verifies the latest file of each of these cells. */
  async states(ids: Iterable<string>): Promise<Map<string, CellState>> {
    const latest = await this.#latestFiles();
    const states = new Map<string, CellState>();
    for (const id of ids) {
      const file = latest.get(id);
      states.set(id, file === undefined ? { state: "missing" } : await readState(join(this.folder, file.name)));
    }
    return states;
  }

  async state(id: string): Promise<CellState> {
    return (await this.states([id])).get(id) ?? { state: "missing" };
  }

  /**
   * Write a verified result and return its file. Where a failed one is there, the new one says that it replaces it;
   * where a finished one is there (another process was faster, or the cell ran again for its artifacts), that one stays.
   */
  async write(input: ResultInput): Promise<string> {
    const before = await this.state(input.id);
    if (before.state === "done") return before.file;
    const supersedes = before.state === "failed" ? { supersedes: basename(before.file, ".json") } : {};
    try {
      return await writeResult(this.folder, { ...input, ...supersedes });
    } catch (error) {
      const after = await this.state(input.id);
      if (after.state === "done") return after.file;
      throw asWorkspaceError(error, this.folder);
    }
  }

  /** Lay a dataset card beside the results; false where another one of these questions is there, which stays. */
  async writeCard(card: DatasetCard): Promise<boolean> {
    try {
      await writeDatasetCard(this.folder, card);
      return true;
    } catch (error) {
      if (error instanceof ResultError) return false;
      throw asWorkspaceError(error, this.folder);
    }
  }

  /** Put a damaged file out of the way, kept for whoever wants to know what happened; returns its new name. */
  async setAside(file: string): Promise<string> {
    const aside = `${file}.damaged-${Date.now()}`;
    await rename(file, aside);
    return basename(aside);
  }

  async #latestFiles(): Promise<Map<string, { name: string; revision: number }>> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const latest = new Map<string, { name: string; revision: number }>();
    for (const name of names) {
      const match = /^([0-9a-f]{16,64})(?:\.(\d+))?\.json$/.exec(name);
      if (match?.[1] === undefined) continue;
      const revision = Number(match[2] ?? 1);
      if (revision > (latest.get(match[1])?.revision ?? 0)) latest.set(match[1], { name, revision });
    }
    return latest;
  }
}

async function readState(file: string): Promise<CellState> {
  try {
    const { result } = await readResult(file);
    return { state: result.status, result, file };
  } catch (error) {
    return { state: "damaged", file, message: error instanceof Error ? error.message : String(error) };
  }
}
