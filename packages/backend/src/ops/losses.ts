import { tf } from "../tf.ts";
import { expectShape, runKernelForOne } from "./kernel.ts";

/**
 * LXMERT's answer loss: binary cross-entropy of logits against soft labels, mean over batch and answers, times the
 * number of answers; that is, the sum over answers, mean over the batch.
 * @param logits [batch, answers]
 * @param targets [batch, answers], each in [0, 1]
 * @returns scalar, natural-log based
 */
export function bceWithLogits(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  expectShape("bceWithLogits", "targets", targets, logits.shape);
  return runKernelForOne("BceWithLogits", { logits, targets });
}

tf.registerGradient({
  kernelName: "BceWithLogits",
  inputsToSave: ["logits", "targets"],
  gradFunc: (dy, saved) => {
    const [logits, targets] = saved as [tf.Tensor, tf.Tensor];
    return {
      logits: () => runKernelForOne("BceWithLogitsGradient", { logits, targets, dy: dy as tf.Tensor }),
      targets: () => {
        throw new Error("bceWithLogits: targets have no gradient");
      },
    };
  },
});

/**
 * Cross-entropy of each row against a class.
 * @param logits [rows, classes]
 * @param labels [rows] int32; -1 ignores the row
 * @returns [rows], 0 where ignored; natural-log based
 */
export function crossEntropyRows(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  expectShape("crossEntropyRows", "labels", labels, [logits.shape[0]]);
  return runKernelForOne("CrossEntropyRows", { logits, labels });
}

tf.registerGradient({
  kernelName: "CrossEntropyRows",
  inputsToSave: ["logits", "labels"],
  gradFunc: (dy, saved) => {
    const [logits, labels] = saved as [tf.Tensor, tf.Tensor];
    return {
      logits: () => runKernelForOne("CrossEntropyRowsGradient", { logits, labels, dy: dy as tf.Tensor }),
      labels: () => {
        throw new Error("crossEntropyRows: labels have no gradient");
      },
    };
  },
});
