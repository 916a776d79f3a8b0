import { tf } from "./tf.ts";

/** A recorded call, as tfjs's engine keeps it while a gradient is taken. */
export interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** Tensors of their own that the gradient reads. */
  readonly saved: tf.Tensor[];
  /** Gradients of the inputs, each computed when it is asked for; null stands for an output that got none. */
  readonly gradient?: (dys: readonly (tf.Tensor | null)[]) => Readonly<Record<string, () => tf.Tensor>>;
}

/** The part of tfjs's engine that runs kernels and records them. */
export interface Recorder {
  readonly state: {
    readonly profiling: boolean;
    readonly gradientDepth: number;
    /** Kernels that are running, one inside the other: only the outermost is recorded. */
    kernelDepth: number;
    nextTapeNodeId: number;
    activeTape: TapeNode[] | null;
  };
  readonly backend: tf.KernelBackend;
  readonly backendName: string;
  makeTensorFromTensorInfo(info: tf.TensorInfo): tf.Tensor;
  keep(tensor: tf.Tensor): tf.Tensor;
  startTape(): void;
  endTape(): void;
}

export function recorder(): Recorder {
  return tf.engine() as unknown as Recorder;
}

/**
 * Puts a call of a fused kernel on the tape, and with it what its gradient reads. Other than tfjs, which saves a tensor
 * by running and recording a copy, it takes a second hold of the tensor's values.
 */
export function recordCall(
  kernelName: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  outputs: readonly tf.Tensor[],
  attrs: tf.NamedAttrMap,
): void {
  const { state } = recorder();
  const config = tf.getGradient(kernelName);
  const call = { id: state.nextTapeNodeId++, kernelName, inputs, outputs };
  if (config == null) {
    state.activeTape?.push({ ...call, saved: [] });
    return;
  }
  const { inputsToSave = [], outputsToSave = [], gradFunc } = config;
  const saved = [
    ...inputsToSave.map((name) => hold(inputs[name] as tf.Tensor)),
    ...outputs.filter((_, i) => outputsToSave[i] === true).map(hold),
  ];
  const gradient: NonNullable<TapeNode["gradient"]> = (dys) => {
    // The fused kernels read the gradient of their first output alone: anything may stand for the others.
    const whole = dys.map((dy) => dy ?? dys[0]) as tf.Tensor[];
    return gradFunc(whole.length > 1 ? whole : (whole[0] as tf.Tensor), saved, attrs);
  };
  state.activeTape?.push({ ...call, saved, gradient });
}

/** The same values in a tensor of its own, which stays when the original is disposed of. */
function hold(tensor: tf.Tensor): tf.Tensor {
  const engine = recorder();
  engine.backend.incRef(tensor.dataId);
  return engine.keep(engine.makeTensorFromTensorInfo(tensor));
}
