import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ENGINE_NAMES, EngineError, type EngineName } from "./engine.ts";
import { INSTALL_TENSORFLOW, readTensorflowInstallation } from "./engines/tensorflow/installation.ts";

const PROBE = fileURLToPath(new URL("./engine-probe.ts", import.meta.url));

/** An engine that was opened in a process of its own. */
export interface EngineProbe {
  readonly version: string;
  readonly arithmetic: string;
  /** 10^9 floating-point operations a second of a linear layer, the best round; null when nothing was timed. */
  readonly gigaflops: number | null;
}

/** What this machine has of an engine. */
export type EngineListing =
  | { readonly name: EngineName; readonly installed: true; readonly version: string; readonly arithmetic: string }
  | {
      readonly name: EngineName;
      readonly installed: false;
      /** What is missing and how to get it. */
      readonly reason: string;
    };

function probe(name: EngineName, seconds: number): Promise<EngineProbe> {
  const timeout = (seconds + 120) * 1000;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [PROBE, name, String(seconds)], { timeout }, (error, stdout) => {
      if (error !== null) return reject(new EngineError(`${name} engine: its process ended: ${error.message}`));
      const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as EngineProbe | { error: string };
      if ("error" in answer) reject(new EngineError(answer.error));
      else resolve(answer);
    });
  });
}

/** Every engine, opened once to see whether it works here: takes a second or two. */
export function listEngines(): Promise<EngineListing[]> {
  return Promise.all(
    ENGINE_NAMES.map(async (name): Promise<EngineListing> => {
      try {
        const { version, arithmetic } = await probe(name, 0);
        return { name, installed: true, version, arithmetic };
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        return { name, installed: false, reason: error.message };
      }
    }),
  );
}

/**
 * Times an engine's linear layer (640 rows, 768 to 768) in a process of its own.
 * @param seconds about how long
 * @throws EngineError when the engine cannot be had
 */
export async function measureEngine(name: EngineName, seconds: number): Promise<EngineProbe> {
  return probe(name, seconds);
}

/** The engine to take, and why, in one sentence. */
export interface EngineChoice {
  readonly name: EngineName;
  readonly reason: string;
}

/**
 * From this hidden size on, a training step is faster on TensorFlow than on wasm. Measured on one Zen 4 core, CPU time
 * a step at hidden 64, 128, 192, 256, 384: wasm 21, 55, 110, 191, 417 ms; TensorFlow 59, 93, 126, 178, 312 ms. Below,
 * the 20 us of each of TensorFlow's calls weigh more than its faster matrix products.
 */
const TENSORFLOW_FROM = 256;

/**
 * The fastest engine that is installed, for a model of that size. webgpu is never chosen: it reads values back only
 * asynchronously, and its speed depends on a GPU nobody has measured it on.
 * @param hidden the model's hidden size
 */
export function autoEngine(hidden: number): EngineChoice {
  const tensorflow = readTensorflowInstallation();
  if (hidden < TENSORFLOW_FROM) {
    const reason = `wasm is the fastest engine for small models (hidden ${hidden}, below ${TENSORFLOW_FROM})`;
    return { name: "wasm", reason };
  }
  if (tensorflow === null) {
    const reason = `wasm is the fastest engine installed; for hidden ${hidden} TensorFlow is faster (${INSTALL_TENSORFLOW})`;
    return { name: "wasm", reason };
  }
  const where = tensorflow.gpu && existsSync("/dev/nvidia0") ? "on the GPU" : "on the CPU";
  const reason = `TensorFlow ${tensorflow.tensorflow} ${where} is the fastest engine installed for hidden ${hidden}`;
  return { name: "tensorflow", reason };
}
