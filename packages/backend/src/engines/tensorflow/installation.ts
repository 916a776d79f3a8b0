import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { EngineError } from "../../engine.ts";

/** The command that installs the engine, for messages. */
export const INSTALL_TENSORFLOW = "npm run engine:tensorflow";

/** An installed TensorFlow, as its stamp records it. */
export interface TensorflowInstallation {
  /** The folder of `@tensorflow/tfjs-node` or `-gpu`, absolute or relative to the engine's folder. */
  readonly package: string;
  /** TensorFlow's own version. */
  readonly tensorflow: string;
  /** Whether this TensorFlow can use an NVIDIA GPU. */
  readonly gpu: boolean;
}

/** Where the engine lives: outside node_modules, which npm may empty. TICKETBENCH_ENGINES moves the parent folder. */
export function tensorflowFolder(): string {
  const parent = process.env["TICKETBENCH_ENGINES"];
  if (parent !== undefined && parent !== "") return resolve(parent, "tensorflow");
  return fileURLToPath(new URL("../../../../../.ticketbench/engines/tensorflow", import.meta.url));
}

function stampFile(): string {
  return join(tensorflowFolder(), "installed.json");
}

function parseStamp(text: string): Partial<TensorflowInstallation> {
  try {
    return JSON.parse(text) as Partial<TensorflowInstallation>;
  } catch {
    return {};
  }
}

/** What is installed; null when nothing is, or when an installation was not finished. */
export function readTensorflowInstallation(): TensorflowInstallation | null {
  let text: string;
  try {
    text = readFileSync(stampFile(), "utf8");
  } catch {
    return null;
  }
  const { package: folder, tensorflow, gpu } = parseStamp(text);
  if (typeof folder !== "string" || typeof tensorflow !== "string" || typeof gpu !== "boolean") {
    throw new EngineError(`${stampFile()} is not what the installer writes: run ${INSTALL_TENSORFLOW} again`);
  }
  return { package: folder, tensorflow, gpu };
}

/** Declares the engine installed: the last thing an installer does. */
export function writeTensorflowInstallation(installation: TensorflowInstallation): void {
  mkdirSync(tensorflowFolder(), { recursive: true });
  writeFileSync(stampFile(), `${JSON.stringify(installation, null, 2)}\n`);
}

/** Takes the declaration back: the first thing an installer does before it changes anything. */
export function clearTensorflowInstallation(): void {
  rmSync(stampFile(), { force: true });
}
