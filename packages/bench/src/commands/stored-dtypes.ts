import { ModelError } from "@ticketbench/model";
import { readSafetensorsHeader, singleGpuName, type TorchFile, withTorchFile } from "@ticketbench/model/node";

type TorchTensor = Parameters<TorchFile["read"]>[0];

/** Each tensor's type in the file, by the name it has once read: of a checkpoint that was read without fault. */
export async function storedDtypes(file: string): Promise<ReadonlyMap<string, string>> {
  const stored = (await safetensorsDtypes(file)) ?? (await torchDtypes(file));
  return new Map([...stored].map(([name, dtype]) => [singleGpuName(name), dtype]));
}

async function safetensorsDtypes(file: string): Promise<Map<string, string> | null> {
  try {
    const { tensors } = await readSafetensorsHeader(file);
    return new Map([...tensors].map(([name, { dtype }]) => [name, dtype]));
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

async function torchDtypes(file: string): Promise<Map<string, string>> {
  return await withTorchFile(file, ({ root }) => {
    const outer = root as ReadonlyMap<string, unknown>;
    const nested = outer.get("state_dict");
    const tensors = (nested instanceof Map ? nested : outer) as ReadonlyMap<string, TorchTensor>;
    return Promise.resolve(new Map([...tensors].map(([name, { storage }]) => [name, storage.dtype])));
  });
}
