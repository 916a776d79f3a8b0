/** The thread in which a method's file is loaded and checked, so that one that never returns can be stopped. */
import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { openCpuEngine } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { loadMethod } from "../method-files.ts";
import { checkMethod } from "./check-method.ts";
import { DONE, failed, type Finding } from "./finding.ts";

const path = workerData as string;
const report = (finding: Finding) => parentPort?.postMessage(finding);

try {
  const method = await loadMethod(path);
  report({ check: "loads", status: "passed", message: method.title });
  const source = await readFile(path, "utf8");
  const engines = [() => openEngine("wasm"), () => openCpuEngine()] as const;
  for await (const finding of checkMethod(method, { engines, source })) report(finding);
} catch (error) {
  report({ check: "loads", ...failed(error instanceof Error ? error.message : String(error)) });
}
parentPort?.postMessage(DONE);
