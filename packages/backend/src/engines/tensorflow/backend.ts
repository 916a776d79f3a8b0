import type { tf } from "../../tf.ts";

/** An attribute of a TensorFlow operation; `type` is one of the binding's TF_ATTR numbers. */
export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What a TensorFlow operation gives back through the binding. */
export interface OperationOutput {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The native part of tfjs-node: TensorFlow's eager C API. Tensors are numbers, and each must be deleted once. */
export interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  /** int64 values come as pairs of int32, low half first. */
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  executeOp(name: string, attributes: OperationAttribute[], inputs: number[], outputs: number): OperationOutput[];
}

/** tfjs-node's backend, as far as our kernels use it. */
export interface TensorflowBackend extends tf.KernelBackend {
  readonly binding: TensorflowBinding;
  readonly isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(output: OperationOutput): tf.Tensor;
}
