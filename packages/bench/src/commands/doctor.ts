import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, platform, totalmem } from "node:os";

/** What an engine says of itself. `gflops`: a measured rate of multiply-adds, null where it is not installed. */
export interface EngineReport {
  readonly name: string;
  readonly version: string | null;
  readonly gflops: number | null;
  /** What is missing and how to get it, or a remark. */
  readonly note: string;
}

/** `ticketbench doctor`: Node, processor, memory, disk and every engine, each with what is missing. */
export async function doctor(
  listEngines: () => Promise<readonly EngineReport[]> = () => Promise.resolve([]),
): Promise<void> {
  const disk = await statfs(process.cwd());
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const rows: [string, string][] = [
    ["node", `${process.version} on ${platform()} ${process.arch}`],
    ["cpu", `${cpus()[0]?.model.trim() || "unknown"}, ${availableParallelism()} cores`],
    ["memory", `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`],
    ["disk", `${gigabytes(disk.bavail * disk.bsize)} free here`],
  ];
  for (const engine of await listEngines()) {
    const speed = engine.gflops === null ? "not installed" : `${engine.gflops.toFixed(1)} GFLOP/s`;
    rows.push([engine.name, [engine.version, speed, engine.note].filter(Boolean).join(", ")]);
  }
  for (const [name, text] of rows) console.log(`${name.padEnd(12)}${text}`);
}
