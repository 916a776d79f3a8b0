import { execFile } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** What the speed of a run depends on beside the engine. */
export interface Machine {
  readonly node: string;
  /** Operating system, its release and the architecture. */
  readonly system: string;
  readonly cpu: {
    readonly model: string;
    /** Threads this process may use. */
    readonly threads: number;
    /** Vector extensions, in the kernel's words (`avx2`, `fma`, `avx512f`, ...); empty where it does not say. */
    readonly features: readonly string[];
  };
  /** Bytes. */
  readonly memory: number;
  /** NVIDIA's GPUs by name, with their memory and driver; empty where its driver shows none. */
  readonly gpus: readonly string[];
  readonly disk: {
    readonly folder: string;
    /** Bytes. */
    readonly free: number;
  };
}

const VECTOR_FEATURES = /^(sse4_2|avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx\w*|asimd|asimdhp|asimddp|sve|sve2)$/;

/** The vector extensions among the flags of /proc/cpuinfo. */
export function vectorFeatures(cpuinfo: string): string[] {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? "";
  return flags.split(/\s+/).filter((flag) => VECTOR_FEATURES.test(flag));
}

/** The vector extensions of this machine's processor; empty where the system does not say. */
export function readVectorFeatures(): string[] {
  try {
    return vectorFeatures(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return [];
  }
}

function nvidiaGpus(): Promise<string[]> {
  const query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"];
  return new Promise((resolve) => {
    execFile("nvidia-smi", query, { timeout: 10_000 }, (error, stdout) => {
      resolve(error === null ? stdout.trim().split("\n").filter(Boolean) : []);
    });
  });
}

/**
 * Describes the machine.
 * @param folder whose disk to look at; it must exist
 */
export async function describeMachine(folder: string = process.cwd()): Promise<Machine> {
  const { bavail, bsize } = statfsSync(folder);
  return {
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    cpu: {
      model: cpus()[0]?.model ?? "unknown",
      threads: availableParallelism(),
      features: readVectorFeatures(),
    },
    memory: totalmem(),
    gpus: await nvidiaGpus(),
    disk: { folder, free: bavail * bsize },
  };
}
