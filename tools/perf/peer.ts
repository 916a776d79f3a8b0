/** The PyTorch side of a benchmark: what `tools/peer/lxmert.py` measures in a process of its own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../peer/lxmert.py", import.meta.url));

export interface PeerCase {
  readonly size: "mini" | "full";
  readonly threads: number;
  /** MKL takes AVX-512 on any processor that has it; otherwise the wheel as it is. */
  readonly tuned: boolean;
}

export interface PeerFigures {
  readonly torch: string;
  readonly stepMilliseconds: number;
  readonly questionsPerSecond: number;
  readonly peakBytes: number;
}

function python(): string {
  return process.env["TICKETBENCH_PYTHON"] ?? "python3";
}

/** Why there is no peer to measure against; null when there is one. */
export function whyNoPeer(): string | null {
  const { status } = spawnSync(python(), ["-c", "import torch"], { stdio: "ignore" });
  if (status === 0) return null;
  return `${python()} has no PyTorch (pip install torch; TICKETBENCH_PYTHON names another Python)`;
}

/** Seconds of a whole process that does the work of one of the quickstart's dense cells, on one thread. */
export function peerFineTuneSeconds(tuned: boolean): number {
  const started = performance.now();
  runPeer(["--fine-tune", "--threads", "1", ...(tuned ? ["--tuned"] : [])]);
  return (performance.now() - started) / 1000;
}

/** Times PyTorch. Throws an Error with what it printed when it fails. */
export function measurePeer({ size, threads, tuned }: PeerCase, seconds: number): PeerFigures {
  const words = ["--size", size, "--threads", String(threads), "--seconds", String(seconds)];
  return JSON.parse(runPeer([...words, ...(tuned ? ["--tuned"] : [])])) as PeerFigures;
}

function runPeer(words: readonly string[]): string {
  const run = spawnSync(python(), [SCRIPT, ...words], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`${SCRIPT}: ${run.stderr}`);
  return run.stdout;
}
