import { existsSync } from "node:fs";
import { join } from "node:path";

const CANDIDATES = [process.env["TICKETBENCH_SHARED"], join(import.meta.dirname, "../../../../../shared")];

/** Reference data that lies beside a checkout, not in it; tests that want it say so when it is missing. */
export function sharedPath(...parts: string[]): string | null {
  const root = CANDIDATES.find((candidate) => candidate !== undefined && existsSync(candidate));
  const path = root === undefined ? null : join(root, ...parts);
  if (path !== null && existsSync(path)) return path;
  console.warn(`skipped: no reference data at shared/${parts.join("/")}`);
  return null;
}
