import { tf } from "../tf.ts";
import { runKernelForOne } from "./kernel.ts";

/**
 * Rows of a table.
 * @param table [rows, width]
 * @param ids [n] int32, each in [0, rows)
 * @param paddingRow row that receives no gradient from the look-up (PyTorch's `padding_idx`); null for none
 * @returns [n, width]
 */
export function embedding(table: tf.Tensor, ids: tf.Tensor1D, paddingRow: number | null): tf.Tensor2D {
  if (ids.dtype !== "int32") throw new TypeError(`embedding: ids are ${ids.dtype}, expected int32`);
  return runKernelForOne("Embedding", { table, ids }, { paddingRow: paddingRow ?? -1 });
}

tf.registerGradient({
  kernelName: "Embedding",
  inputsToSave: ["table", "ids"],
  gradFunc: (dy, saved, attributes) => {
    const [table, ids] = saved as [tf.Tensor, tf.Tensor];
    const { paddingRow } = attributes as { paddingRow: number };
    const settings = { rows: table.shape[0], paddingRow };
    return {
      table: () => runKernelForOne("EmbeddingGradient", { dy: dy as tf.Tensor, ids }, settings),
      ids: () => {
        throw new Error("embedding: ids have no gradient");
      },
    };
  },
});
