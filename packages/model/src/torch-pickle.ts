/** What a PyTorch checkpoint's pickle may hold: containers, tensors and their storages. */
import type { Dtype } from "./dtype.ts";
import { ModelError } from "./error.ts";
import { type PickleValue, readPickle } from "./pickle.ts";

/** A run of values in the file, which tensors look at. */
export interface TorchStorage {
  readonly key: string;
  readonly dtype: Dtype;
  /** Number of values. */
  readonly size: number;
}

/** A view of a storage; offset and strides count values. */
export interface TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

const STORAGES: Record<string, Dtype> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** Marks values that are tensors and no containers. */
class Tensor implements TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];

  constructor(storage: TorchStorage, offset: number, shape: readonly number[], stride: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
  }
}

/** Whether a value read from a pickle is a tensor and no container. */
export function isTensor(value: unknown): value is TorchTensor {
  return value instanceof Tensor;
}

/** What a pickle names to say which values a storage holds. */
class StorageType {
  readonly dtype: Dtype;

  constructor(dtype: Dtype) {
    this.dtype = dtype;
  }
}

class Storage implements TorchStorage {
  readonly key: string;
  readonly dtype: Dtype;
  readonly size: number;

  constructor(key: string, dtype: Dtype, size: number) {
    this.key = key;
    this.dtype = dtype;
    this.size = size;
  }
}

/** Reads one pickle; storages met on the way are added to `storages` by key. */
export function readTorchPickle(
  bytes: Uint8Array,
  start: number,
  storages: Map<string, TorchStorage>,
  source: string,
): { value: PickleValue; end: number } {
  const damaged = (what: string): ModelError => new ModelError(`${source}: damaged: ${what}`);
  const persistent = (id: PickleValue): TorchStorage => {
    const [kind, type, key, , size, view] = Array.isArray(id) ? (id as unknown[]) : [];
    if (kind !== "storage" || !(type instanceof StorageType) || typeof key !== "string" || !isSize(size))
      throw damaged("a storage without type, key or size");
    if (view != null)
      throw new ModelError(`${source}: storage ${key} is a view, as only PyTorch before 0.4 wrote them`);
    const known = storages.get(key);
    if (known !== undefined && (known.dtype !== type.dtype || known.size !== size))
      throw damaged(`storage ${key} has two types or sizes`);
    const storage = known ?? new Storage(key, type.dtype, size);
    storages.set(key, storage);
    return storage;
  };
  return readPickle(bytes, start, { globals: allowedGlobals(damaged), persistent, source });
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isSize);
}

/** The list of what a checkpoint may name. */
function allowedGlobals(damaged: (what: string) => ModelError): ReadonlyMap<string, PickleValue> {
  const list = (values: unknown): readonly unknown[] => {
    if (!Array.isArray(values)) throw damaged("a set or dict of what is not a list");
    return values;
  };
  const orderedDict = (pairs: unknown = []): Map<unknown, unknown> =>
    new Map(list(pairs).map((pair) => [list(pair)[0], list(pair)[1]]));
  const set = (values: unknown = []): Set<unknown> => new Set(list(values));
  /** How protocol 2 writes bytes: as Latin-1 text. */
  const encode = (text: unknown): Uint8Array => Uint8Array.from(String(text), (character) => character.charCodeAt(0));
  const rebuildTensor = (storage: unknown, offset: unknown, shape: unknown, stride: unknown): TorchTensor => {
    if (!(storage instanceof Storage) || !isSize(offset) || !isSizes(shape) || !isSizes(stride))
      throw damaged("a tensor without storage, offset, shape or strides");
    if (shape.length !== stride.length) throw damaged(`a tensor of shape [${shape.join(", ")}] and other strides`);
    return new Tensor(storage, offset, shape, stride);
  };
  const rebuildParameter = (tensor: unknown): TorchTensor => {
    if (!isTensor(tensor)) throw damaged("a parameter without a tensor");
    return tensor;
  };
  return new Map<string, PickleValue>([
    ["collections OrderedDict", orderedDict],
    ["__builtin__ set", set],
    ["builtins set", set],
    ["_codecs encode", encode],
    ["torch._utils _rebuild_tensor", rebuildTensor],
    ["torch._utils _rebuild_tensor_v2", rebuildTensor],
    ["torch._utils _rebuild_parameter", rebuildParameter],
    ...Object.entries(STORAGES).map(([name, dtype]) => [`torch ${name}`, new StorageType(dtype)] as const),
  ]);
}
