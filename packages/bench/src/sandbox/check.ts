import { openEngine } from "@ticketbench/backend/node";
import { type Finding, hashMask, Laboratory } from "@ticketbench/prune";
import { findMethodFile } from "@ticketbench/prune/node";
import { remoteMethod } from "./remote-method.ts";
import { DEFAULT_LIMITS, Sandbox } from "./sandbox.ts";

export interface SandboxCheck {
  /** Seconds of work that the method may take. */
  readonly budget: number;
  /** Called with each finding as it is known. */
  readonly onFinding?: (finding: Finding) => void;
}

/** What is tried from outside: a target in the middle and one where little is left. */
const OUTSIDE_SPARSITIES = [0.5, 0.8] as const;
/** What this side works for a method is not counted in its budget, and it may ask for more again and again. */
const PATIENCE = 4;
const REQUEST = { scope: "encoder-matrices", seed: 1 } as const;

/**
 * Checks a method by name or path without running its code in this process. The conformance kit runs beside the method
 * and teaches; what it says is then measured again from here, in fresh sandboxes, on masks that came back as data.
 * Throws a PruneError when there is no such method.
 */
export async function checkInSandbox(nameOrPath: string, { budget, onFinding }: SandboxCheck): Promise<Finding[]> {
  const file = await findMethodFile(nameOrPath);
  const limits = { ...DEFAULT_LIMITS, seconds: budget, lifeSeconds: budget * PATIENCE };
  const findings: Finding[] = [];
  const add = (finding: Finding): void => {
    findings.push(finding);
    onFinding?.(finding);
  };
  const attempt = async (check: string, work: (sandbox: Sandbox) => Promise<void>): Promise<boolean> => {
    let sandbox: Sandbox | null = null;
    try {
      sandbox = await Sandbox.open(file, { limits });
      await work(sandbox);
      if (sandbox.refused.length === 0) return true;
      add({ check: "sandbox", status: "failed", message: refusal(sandbox.refused) });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      add({ check: sandbox === null ? "loads" : check, status: "failed", message: error.message });
    } finally {
      await sandbox?.close();
    }
    return false;
  };
  const passedKit = await attempt("sandbox", async (sandbox) => {
    add({ check: "loads", status: "passed", message: sandbox.card.title });
    await sandbox.call({ type: "check" }, undefined, { onFinding: add });
  });
  if (passedKit) await measureOutside(attempt, add);
  return findings;
}

function refusal(refused: readonly string[]): string {
  return `${refused.slice(0, 3).join("; ")}: a method works on what its context holds, and goes on after nothing that is refused`;
}

type Attempt = (check: string, work: (sandbox: Sandbox) => Promise<void>) => Promise<boolean>;

/** Counts masks on this side, and compares those of two processes that know nothing of each other. */
async function measureOutside(attempt: Attempt, add: (finding: Finding) => void): Promise<void> {
  await openEngine("wasm");
  const lab = new Laboratory();
  const check = "measured outside";
  const hashes: string[][] = [];
  const measure = async (sandbox: Sandbox): Promise<void> => {
    const method = remoteMethod(sandbox, REQUEST);
    const made: string[] = [];
    for (const sparsity of OUTSIDE_SPARSITIES) made.push(await hashMask((await lab.try(method, { sparsity })).mask));
    hashes.push(made);
  };
  try {
    if (!(await attempt(check, measure)) || !(await attempt(check, measure))) return;
    const isSame = OUTSIDE_SPARSITIES.every((_, i) => hashes[0]?.[i] === hashes[1]?.[i]);
    add(
      isSame
        ? { check, status: "passed", message: "masks counted outside its process; another process makes the same" }
        : { check, status: "failed", message: "another process gives another mask: draw from context.random alone" },
    );
  } finally {
    lab.dispose();
  }
}
