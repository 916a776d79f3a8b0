import { readdirSync } from "node:fs";
import type { EngineName } from "../study/study.ts";

const GPU_ENGINES: readonly EngineName[] = ["tensorflow", "webgpu"];

/**
 * The GPUs that cells on this engine may use, as CUDA_VISIBLE_DEVICES names them: those this process may see, or all
 * that the driver shows. None: the engine computes on the processor.
 */
export function visibleDevices(
  engine: EngineName,
  environment: NodeJS.ProcessEnv = process.env,
  deviceFolder = "/dev",
): string[] {
  if (!GPU_ENGINES.includes(engine)) return [];
  const named = environment.CUDA_VISIBLE_DEVICES;
  if (named !== undefined) return named.split(",").filter((name) => name !== "" && name !== "-1");
  const numbers = readdirSync(deviceFolder).flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? []);
  return numbers.sort((a, b) => Number(a) - Number(b));
}
