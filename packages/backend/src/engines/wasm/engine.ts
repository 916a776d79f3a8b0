import { type Engine, EngineError } from "../../engine.ts";
import { tf } from "../../tf.ts";
import { WasmBackend } from "./backend.ts";
import type { KernelExports } from "./exports.ts";
import { Heap, reserveMemory } from "./heap.ts";
import { registerWasmKernels } from "./kernels.ts";

/** Name of the engine's tfjs backend; tfjs's own WebAssembly backend is called `wasm`. */
const BACKEND_NAME = "ticketbench-wasm";

/** Both builds of the kernels, as bytes. */
export interface WasmArtifacts {
  /** With relaxed SIMD: fused multiply-add where the CPU has it. */
  readonly relaxed: BufferSource;
  readonly plain: BufferSource;
}

let opened: Engine | null = null;

/** Compiles the build that this runtime takes, and its name. */
async function compile(artifacts: WasmArtifacts): Promise<{ module: WebAssembly.Module; build: string }> {
  for (const build of ["relaxed", "plain"] as const) {
    if (WebAssembly.validate(artifacts[build])) return { module: await WebAssembly.compile(artifacts[build]), build };
  }
  throw new EngineError("wasm engine: this runtime has no WebAssembly SIMD; use Node 20 or later, or the cpu engine");
}

/** Opens the default engine: AssemblyScript kernels on one WebAssembly memory. Safe to call again. */
export async function openWasmEngine(artifacts: WasmArtifacts): Promise<Engine> {
  if (opened !== null) {
    await tf.setBackend(BACKEND_NAME);
    return opened;
  }
  tf.enableProdMode();
  const { module, build } = await compile(artifacts);
  const memory = reserveMemory();
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const wasm = instance.exports as unknown as KernelExports;
  const backend = new WasmBackend(memory, new Heap(memory, wasm.layOut()));
  tf.registerBackend(BACKEND_NAME, () => backend);
  registerWasmKernels(BACKEND_NAME, backend, wasm);
  await tf.setBackend(BACKEND_NAME);
  const fused = wasm.fusedProbe() !== 0;
  const arithmetic = `float32, ${build} SIMD, ${fused ? "fused" : "separate"} multiply-add`;
  opened = { name: "wasm", version: `tfjs ${tf.version_core}`, arithmetic };
  return opened;
}

/** Operations a second (in 10^9) of the build that this runtime takes when it does nothing but multiply-adds. */
export async function measureMultiplyAdds(artifacts: WasmArtifacts): Promise<number> {
  const { module } = await compile(artifacts);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const wasm = (await WebAssembly.instantiate(module, { env: { memory } })).exports as unknown as KernelExports;
  const iterations = 1_000_000;
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 20; run++) {
    const started = performance.now();
    wasm.multiplyAdds(iterations, 0.5);
    best = Math.min(best, performance.now() - started);
  }
  return (80 * iterations) / best / 1e6;
}
