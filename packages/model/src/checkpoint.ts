import { toFloat32 } from "./dtype.ts";
import { ModelError } from "./error.ts";
import { openForReading } from "./file.ts";
import { readSafetensors } from "./safetensors-file.ts";
import { stateDict, withTorchFile } from "./torch-file.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/**
 * Reads a checkpoint of any format by its first bytes: safetensors, PyTorch's zip, PyTorch's legacy pickle. Names lose
 * the `module.` that training on several GPUs puts into them; values become 32-bit floats.
 * @throws ModelError when the file is none of these, damaged, truncated, names anything but tensors, or names one twice
 */
export async function readCheckpoint(path: string): Promise<Weights> {
  const stored = (await isTorch(path)) ? await readTorchWeights(path) : await readSafetensors(path);
  const weights = new Map<string, WeightTensor>();
  for (const [storedName, tensor] of stored) {
    const name = singleGpuName(storedName);
    if (weights.has(name)) throw new ModelError(`${path}: holds ${name} twice, with and without "module."`);
    weights.set(name, tensor);
  }
  return weights;
}

/** The name a parameter has without DataParallel's wrapper. */
export function singleGpuName(name: string): string {
  return name.replace(/(^|\.)module\./u, "$1");
}

/** PyTorch's zip or pickle; byte 8 tells a safetensors file whose header's length happens to begin like one. */
async function isTorch(path: string): Promise<boolean> {
  await using file = await openForReading(path);
  const { buffer: start } = await file.read(new Uint8Array(9), 0, 9, 0);
  const isSafetensors = start[8] === 0x7b;
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  const isPickle = start[0] === 0x80;
  return !isSafetensors && (isZip || isPickle);
}

async function readTorchWeights(path: string): Promise<Weights> {
  return await withTorchFile(path, async ({ root, read }) => {
    const weights = new Map<string, WeightTensor>();
    for (const [name, tensor] of stateDict(root, path)) {
      const { dtype, shape, values } = await read(tensor);
      weights.set(name, { shape, values: toFloat32(dtype, values) });
    }
    return weights;
  });
}
