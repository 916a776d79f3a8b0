import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Engine, type EngineName, openCpuEngine } from "./engine.ts";
import { openTensorflowEngine } from "./engines/tensorflow/engine.ts";
import {
  measureMultiplyAdds as measureMultiplyAddsOf,
  openWasmEngine,
  type WasmArtifacts,
} from "./engines/wasm/engine.ts";
import { openWebgpuEngine } from "./engines/webgpu/engine.ts";

/** The committed builds of the kernels. */
export async function readWasmArtifacts(): Promise<WasmArtifacts> {
  const read = (build: string): Promise<Buffer<ArrayBuffer>> =>
    readFile(new URL(`../artifacts/kernels.${build}.wasm`, import.meta.url));
  const [relaxed, plain] = await Promise.all([read("relaxed"), read("plain")]);
  return { relaxed, plain };
}

/** What this machine's core does in the wasm engine's multiply-adds alone, in 10^9 operations a second. */
export async function measureMultiplyAdds(): Promise<number> {
  return measureMultiplyAddsOf(await readWasmArtifacts());
}

/** Opens the named engine; an engine that cannot be had is an EngineError, never another engine. */
export async function openEngine(name: EngineName): Promise<Engine> {
  if (name === "cpu") return openCpuEngine();
  if (name === "tensorflow") return openTensorflowEngine();
  if (name === "webgpu") return openWebgpuEngine();
  return openWasmEngine(await readWasmArtifacts());
}

export {
  autoEngine,
  type EngineChoice,
  type EngineListing,
  type EngineProbe,
  listEngines,
  measureEngine,
} from "./engine-list.ts";
export { describeMachine, type Machine } from "./machine.ts";
export {
  clearTensorflowInstallation,
  readTensorflowInstallation,
  type TensorflowInstallation,
  tensorflowFolder,
  writeTensorflowInstallation,
} from "./engines/tensorflow/installation.ts";

export type { SelfTestReport } from "./engines/tensorflow/self-test.ts";

/** The program that tries an installed TensorFlow; takes a TensorflowInstallation as JSON. */
export const TENSORFLOW_SELF_TEST = fileURLToPath(new URL("./engines/tensorflow/self-test.ts", import.meta.url));
