import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { tf } from "../../tf.ts";
import type { Heap } from "./heap.ts";

type NumericType = "float32" | "int32" | "bool";
type NumericArray = Float32Array | Int32Array | Uint8Array;

const BYTES: Record<NumericType, number> = { float32: 4, int32: 4, bool: 1 };
const VIEWS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** What tfjs's cpu backend keeps for a tensor, and where it lies in the heap once a kernel has asked for it. */
interface Entry {
  readonly values?: NumericArray;
  readonly dtype: tf.DataType;
  refCount: number;
  readonly offset?: number;
}

/** A tensor in the heap. Its view is made when a stock kernel or a reader asks: fused kernels work without. */
class HeapEntry implements Entry {
  readonly dtype: NumericType;
  readonly offset: number;
  readonly bytes: number;
  refCount: number;
  readonly #buffer: ArrayBufferLike;
  #values: NumericArray | undefined;

  constructor(buffer: ArrayBufferLike, offset: number, dtype: NumericType, length: number, refCount = 1) {
    this.#buffer = buffer;
    this.offset = offset;
    this.dtype = dtype;
    this.bytes = length * BYTES[dtype];
    this.refCount = refCount;
  }

  get values(): NumericArray {
    this.#values ??= new VIEWS[this.dtype](this.#buffer as ArrayBuffer, this.offset, this.bytes / BYTES[this.dtype]);
    return this.#values;
  }
}

/** tfjs's storage on a plain map: its weak one makes the garbage collector work through every tensor of a step. */
class Entries extends tf.DataStorage<Entry> {
  readonly #entries = new Map<object, Entry>();

  override get(id: object): Entry {
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry;
    // tfjs's own moves the tensor here from the backend that has it.
    super.get(id);
    return this.#entries.get(id) as Entry;
  }

  override set(id: object, entry: Entry): void {
    this.#entries.set(id, entry);
  }

  override has(id: object): boolean {
    return this.#entries.has(id);
  }

  override delete(id: object): boolean {
    return this.#entries.delete(id);
  }

  override numDataIds(): number {
    return this.#entries.size;
  }
}

/**
 * A tfjs backend whose tensors live in one WebAssembly memory. It is tfjs's cpu backend with the values moved: fused
 * kernels work on offsets, and every stock cpu kernel still works, on views, as the slow way out.
 */
export class WasmBackend extends MathBackendCPU {
  readonly #memory: WebAssembly.Memory;
  readonly #heap: Heap;
  readonly #entries: Entries;

  constructor(memory: WebAssembly.Memory, heap: Heap) {
    super();
    this.#memory = memory;
    this.#heap = heap;
    this.#entries = new Entries(this, tf.engine());
    this.data = this.#entries;
  }

  /** Bytes that all tensors together can have. */
  get capacity(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A new tensor in the heap; its contents are whatever was there. */
  output(shape: readonly number[], dtype: NumericType = "float32"): tf.TensorInfo {
    const length = tf.util.sizeFromShape(shape as number[]);
    const offset = this.#heap.allocate(length * BYTES[dtype]);
    const dataId = {};
    this.#entries.set(dataId, new HeapEntry(this.#memory.buffer, offset, dtype, length));
    return { dataId, shape: [...shape], dtype };
  }

  /** Byte offset of a tensor's values, which are moved into the heap if they are not there yet. */
  offset(tensor: tf.TensorInfo): number {
    const entry = this.#entries.get(tensor.dataId);
    // Stock kernels may share values between types; read as raw memory that would be garbage.
    if (entry.dtype !== tensor.dtype)
      throw new Error(`a ${tensor.dtype} tensor shares the values of a ${entry.dtype} one`);
    return entry.offset ?? this.#moveIn(tensor.dataId, entry);
  }

  #moveIn(dataId: object, { values, dtype, refCount }: Entry): number {
    const { length, byteLength } = values as NumericArray;
    const offset = this.#heap.allocate(byteLength);
    const moved = new HeapEntry(this.#memory.buffer, offset, dtype as NumericType, length, refCount);
    moved.values.set(values as NumericArray);
    this.#entries.set(dataId, moved);
    return offset;
  }

  /** The values themselves, not a copy. */
  values(tensor: tf.TensorInfo): NumericArray {
    return this.#entries.get(tensor.dataId).values as NumericArray;
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const values = super.readSync(dataId);
    // The heap is used again after the tensor: whoever reads gets a copy.
    return this.#entries.get(dataId).offset === undefined ? values : (values as NumericArray).slice();
  }

  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.#entries.has(dataId) ? this.#entries.get(dataId) : undefined;
    if (!(entry instanceof HeapEntry)) return super.disposeData(dataId, force);
    entry.refCount--;
    if (!force && entry.refCount > 0) return false;
    this.#entries.delete(dataId);
    this.#heap.release(entry.offset, entry.bytes);
    return true;
  }
}
