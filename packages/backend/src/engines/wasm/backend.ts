import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { tf } from "../../tf.ts";
import type { Heap } from "./heap.ts";

type NumericType = "float32" | "int32" | "bool";
type NumericArray = Float32Array | Int32Array | Uint8Array;

const BYTES: Record<NumericType, number> = { float32: 4, int32: 4, bool: 1 };

/** What tfjs's cpu backend keeps for a tensor, and where it lies in the heap once a kernel has asked for it. */
interface Entry {
  values?: NumericArray;
  dtype: tf.DataType;
  refCount: number;
  offset?: number;
}

/**
 * A tfjs backend whose tensors live in one WebAssembly memory. It is tfjs's cpu backend with the values moved: fused
 * kernels work on offsets, and every stock cpu kernel still works, on views, as the slow way out.
 */
export class WasmBackend extends MathBackendCPU {
  readonly #memory: WebAssembly.Memory;
  readonly #heap: Heap;

  constructor(memory: WebAssembly.Memory, heap: Heap) {
    super();
    this.#memory = memory;
    this.#heap = heap;
  }

  /** Bytes that all tensors together can have. */
  get capacity(): number {
    return this.#memory.buffer.byteLength;
  }

  #entry(dataId: object): Entry {
    return this.data.get(dataId) as Entry;
  }

  #view(offset: number, dtype: NumericType, length: number): NumericArray {
    const buffer = this.#memory.buffer;
    if (dtype === "float32") return new Float32Array(buffer, offset, length);
    return dtype === "int32" ? new Int32Array(buffer, offset, length) : new Uint8Array(buffer, offset, length);
  }

  /** A new tensor in the heap; its contents are whatever was there. */
  output(shape: readonly number[], dtype: NumericType = "float32"): tf.TensorInfo {
    const length = tf.util.sizeFromShape(shape as number[]);
    const offset = this.#heap.allocate(length * BYTES[dtype]);
    const dataId = {};
    const entry: Entry = { values: this.#view(offset, dtype, length), dtype, refCount: 1, offset };
    this.data.set(dataId, entry);
    return { dataId, shape: [...shape], dtype };
  }

  /** Byte offset of a tensor's values, which are moved into the heap if they are not there yet. */
  offset(tensor: tf.TensorInfo): number {
    const entry = this.#entry(tensor.dataId);
    // Stock kernels may share values between types; read as raw memory that would be garbage.
    if (entry.dtype !== tensor.dtype)
      throw new Error(`a ${tensor.dtype} tensor shares the values of a ${entry.dtype} one`);
    if (entry.offset !== undefined) return entry.offset;
    const values = entry.values as NumericArray;
    const offset = this.#heap.allocate(values.byteLength);
    const view = this.#view(offset, entry.dtype as NumericType, values.length);
    view.set(values);
    entry.values = view;
    entry.offset = offset;
    return offset;
  }

  /** The values themselves, not a copy. */
  values(tensor: tf.TensorInfo): NumericArray {
    return this.#entry(tensor.dataId).values as NumericArray;
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const values = super.readSync(dataId);
    // The heap is used again after the tensor: whoever reads gets a copy.
    return this.#entry(dataId).offset === undefined ? values : (values as NumericArray).slice();
  }

  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.data.has(dataId) ? this.#entry(dataId) : null;
    const bytes = entry?.offset === undefined ? 0 : (entry.values as NumericArray).byteLength;
    const disposed = super.disposeData(dataId, force);
    if (entry?.offset !== undefined && !this.data.has(dataId)) this.#heap.release(entry.offset, bytes);
    return disposed;
  }
}
