import { registerPortableKernels } from "./kernels/portable.ts";
import { tf } from "./tf.ts";

/** Where the arithmetic runs. */
export const ENGINE_NAMES = ["wasm", "tensorflow", "webgpu", "cpu"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** An engine that is open: every tensor from now on lives on it. */
export interface Engine {
  readonly name: EngineName;
  /** Version of what computes, for the record. */
  readonly version: string;
  /** What decides the last bits: same engine, version and arithmetic give the same bytes. */
  readonly arithmetic: string;
}

/** An engine cannot be had on this machine: says what is missing and how to get it. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly exitCode = 2;
}

/** Bytes that all tensors of the open engine together can have; null where the machine's memory is the limit. */
export function engineCapacity(): number | null {
  return (tf.backend() as { readonly capacity?: number }).capacity ?? null;
}

/** Opens the reference engine: tfjs's own JavaScript kernels, slow, needs nothing. */
export async function openCpuEngine(): Promise<Engine> {
  // Not production for users' code, but the mode in which tfjs prints no advice about other backends.
  tf.enableProdMode();
  registerPortableKernels("cpu");
  await tf.setBackend("cpu");
  return { name: "cpu", version: `tfjs ${tf.version_core}`, arithmetic: "float32, JavaScript" };
}
