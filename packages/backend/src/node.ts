import { readFile } from "node:fs/promises";
import { type Engine, type EngineName, openCpuEngine } from "./engine.ts";
import { openWasmEngine, type WasmArtifacts } from "./engines/wasm/engine.ts";

/** The committed builds of the kernels. */
export async function readWasmArtifacts(): Promise<WasmArtifacts> {
  const read = (build: string): Promise<Buffer<ArrayBuffer>> =>
    readFile(new URL(`../artifacts/kernels.${build}.wasm`, import.meta.url));
  const [relaxed, plain] = await Promise.all([read("relaxed"), read("plain")]);
  return { relaxed, plain };
}

/** Opens the named engine; an engine that cannot be had is an EngineError, never another engine. */
export async function openEngine(name: EngineName): Promise<Engine> {
  if (name === "cpu") return openCpuEngine();
  return openWasmEngine(await readWasmArtifacts());
}
