/** How each dtype lies in memory, little-endian; BF16 has no array of its own and is kept as its bits. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** A tensor's type by safetensors' name. */
export type Dtype = keyof typeof ARRAYS;
/** All of them, for error messages. */
export const DTYPES = Object.keys(ARRAYS) as readonly Dtype[];

/** Values as they lie in memory. */
export type NativeArray = InstanceType<(typeof ARRAYS)[Dtype]>;

/** A tensor as a file holds it. */
export interface NativeTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: NativeArray;
}

/** Whether a header names a type that can be read. */
export function isDtype(name: unknown): name is Dtype {
  return typeof name === "string" && Object.hasOwn(ARRAYS, name);
}

/** Width of one value in a file, in bytes. */
export function bytesPerValue(dtype: Dtype): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT;
}

/** Zeros of a type. @param length number of values */
export function newArray(dtype: Dtype, length: number): NativeArray {
  return new ARRAYS[dtype](length);
}

/** Bytes as values: in place where they are aligned, a copy where not. */
export function viewAs(dtype: Dtype, bytes: Uint8Array): NativeArray {
  const array = ARRAYS[dtype];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / array.BYTES_PER_ELEMENT);
}

/** Values as 32-bit floats; floats of that width are not copied. */
export function toFloat32(dtype: Dtype, values: NativeArray): Float32Array {
  if (values instanceof Float32Array) return values;
  if (dtype === "BF16") return new Float32Array(Uint32Array.from(values as Uint16Array, (half) => half << 16).buffer);
  return Float32Array.from(values as ArrayLike<number | bigint>, Number);
}
