import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import type { Weights } from "@ticketbench/model";
import type { Mask } from "@ticketbench/prune";
import type { DoneResult } from "@ticketbench/results";

const compress = promisify(zstdCompress);

/**
 * Bytes that weights take: dense float32; sparse, as one bit a prunable weight and the kept values alone; and that
 * sparse form compressed with zstd.
 */
export async function weightsSize(weights: Weights, mask: Mask | null): Promise<DoneResult["bytes"]> {
  const parts: Uint8Array[] = mask === null ? [] : [mask.content()];
  let dense = 0;
  for (const [name, { values }] of weights) {
    dense += values.byteLength;
    const kept = mask?.prunable.includes(name) ? keptValues(values, mask.toBytes(name)) : values;
    parts.push(new Uint8Array(kept.buffer, kept.byteOffset, kept.byteLength));
  }
  const sparse = Buffer.concat(parts);
  return { dense, sparse: sparse.length, compressed: (await compress(sparse)).length };
}

function keptValues(values: Float32Array, keep: Uint8Array): Float32Array {
  return values.filter((_, i) => keep[i] === 1);
}
