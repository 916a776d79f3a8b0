import { Worker } from "node:worker_threads";
import { findMethodFile } from "../method-files.ts";
import { DONE, failed, type Finding } from "./finding.ts";

export interface FileCheckSettings {
  /** Seconds the whole check may take. */
  readonly budget?: number;
  /** Called with each finding as it is known. */
  readonly onFinding?: (finding: Finding) => void;
}

/**
 * Checks a method by name or by the path of a file anywhere, in a thread of its own that is stopped when the budget is
 * spent. The method passes if no finding is `failed`. Throws a PruneError when there is no such file.
 */
export async function checkMethodFile(
  nameOrPath: string,
  settings: FileCheckSettings = {},
): Promise<readonly Finding[]> {
  const { budget = 30, onFinding } = settings;
  const path = await findMethodFile(nameOrPath);
  const findings: Finding[] = [];
  const add = (finding: Finding) => {
    findings.push(finding);
    onFinding?.(finding);
  };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: path });
  let done = false;
  worker.on("message", (message: Finding | typeof DONE) => {
    if (message === DONE) done = true;
    else add(message);
  });
  const ended = await new Promise<Finding | null>((end) => {
    const last = () => findings.at(-1)?.check ?? "loading";
    const late = () => end({ check: "in time", ...failed(tooLong(budget, last())) });
    const timer = setTimeout(late, budget * 1000);
    const finish = (finding: Finding | null) => {
      clearTimeout(timer);
      end(finding);
    };
    worker.once("error", (error) => finish({ check: "runs", ...failed(String(error)) }));
    worker.once("exit", (code) => finish(done ? null : { check: "runs", ...failed(ENDED[code] ?? ENDED.other) }));
  });
  await worker.terminate();
  if (ended !== null) add(ended);
  return findings;
}

/** Why the thread ended before the check did, by its exit code. */
const ENDED: Record<string, string> & { readonly other: string } = {
  // Node's own code for an await that nothing can settle any more.
  13: "waits for a promise that nothing settles: every promise a method returns must resolve or reject",
  other: "the method ended the thread it was checked in: it may not exit",
};

function tooLong(budget: number, after: string): string {
  return `not done after ${budget} s (last: ${after}): a loop without end, or work that grows too fast on a tiny model`;
}
