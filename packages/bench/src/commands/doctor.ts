import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, platform, totalmem } from "node:os";
import { type EngineListing, listEngines, measureEngine } from "@ticketbench/backend/node";

const MEASURED_SECONDS = 2;
/** Instruction sets that matrix products profit from. */
const FEATURES = ["avx2", "fma", "avx512f", "avx512_bf16", "amx_tile", "asimd", "sve"];

/** `ticketbench doctor`: Node, processor, memory, disk, GPU and every engine, each with its speed or what is missing. */
export async function doctor(): Promise<void> {
  for (const [name, text] of await machine()) say(name, text);
  for (const engine of await listEngines()) say(engine.name, await engineWords(engine));
}

async function machine(): Promise<[string, string][]> {
  const disk = await statfs(process.cwd());
  return [
    ["node", `${process.version} on ${platform()} ${process.arch}`],
    ["cpu", [cpus()[0]?.model.trim() || "unknown", `${availableParallelism()} cores`, ...cpuFeatures()].join(", ")],
    ["memory", `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`],
    ["disk", `${gigabytes(disk.bavail * disk.bsize)} free here`],
    ["gpu", existsSync("/dev/nvidia0") ? "NVIDIA" : "none found: everything runs on the processor"],
  ];
}

async function engineWords(engine: EngineListing): Promise<string> {
  if (!engine.installed) return `not here: ${engine.reason}`;
  const { gigaflops } = await measureEngine(engine.name, MEASURED_SECONDS);
  const speed = gigaflops === null ? "" : `, ${gigaflops.toFixed(1)} GFLOP/s`;
  return `${engine.version}, ${engine.arithmetic}${speed}`;
}

function cpuFeatures(): string[] {
  const info = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const words = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1]?.split(" "));
  return FEATURES.filter((feature) => words.has(feature));
}

function say(name: string, text: string): void {
  console.log(`${name.padEnd(12)}${text}`);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
