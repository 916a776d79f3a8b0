import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const EVERY_MILLISECONDS = 50;

/**
 * Looks at how much memory a process and its children hold, for typed arrays lie outside the heap that Node limits. Where
 * the kernel does not tell (no /proc), the heap's own limit is all there is.
 */
export class MemoryWatch {
  readonly #process: ChildProcess;
  readonly #timer: NodeJS.Timeout;

  constructor(process: ChildProcess, megabytes: number, tooMuch: () => void) {
    this.#process = process;
    this.#timer = setInterval(() => {
      const held = this.#family().reduce((sum, pid) => sum + residentBytes(pid), 0);
      if (held > megabytes * 2 ** 20) tooMuch();
    }, EVERY_MILLISECONDS);
    this.#timer.unref();
    volunteer(process.pid);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Ends the process and its children at once. */
  kill(): void {
    for (const pid of this.#family().reverse()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }

  /** The process and all below it, while it lives. */
  #family(): number[] {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return [];
    const found = [pid];
    for (const parent of found) found.push(...childrenOf(parent));
    return found;
  }
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

function residentBytes(pid: number): number {
  const pages = Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0);
  return pages * 4096;
}

/** The kernel's first choice, should memory run out before the watch looks again. Its children inherit that. */
function volunteer(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "1000");
  } catch {
    // No /proc, or the process is gone: the watch and the heap limit stay.
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
