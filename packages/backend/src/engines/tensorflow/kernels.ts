import type { TensorflowBackend } from "./backend.ts";

export function registerTensorflowKernels(_backendName: string, _backend: TensorflowBackend): void {}
