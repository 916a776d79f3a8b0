import { tf } from "@ticketbench/backend";
import { Lxmert } from "../lxmert.ts";
import type { Weights } from "../weights.ts";
import {
  ACTIVATION_TOLERANCE,
  expectedNames,
  expectedOf,
  type Finding,
  largestError,
  MASKED_ROW_TOLERANCE,
  NO_SAVINGS,
  oracleArrays,
  oracleConfig,
  oracleTensors,
  tensorOf,
  withInput,
} from "./oracle.ts";

/** Every module's output in evaluation, and the answer again with all savings on. */
export async function checkForward(directory: string, file: string): Promise<readonly Finding[]> {
  const tensors = await oracleTensors(directory, file);
  const weights = await oracleTensors(directory, "weights/vqa.safetensors");
  const complete = new Lxmert(await oracleConfig(directory, "config.json", NO_SAVINGS), weights);
  const saving = new Lxmert(await oracleConfig(directory, "config.json", {}), weights);
  try {
    return [
      ...(await compareModules(complete, tensors, expectedNames(tensors), "")),
      ...(await compareModules(saving, tensors, ["pooled_output", "logits"], " with savings")),
    ];
  } finally {
    complete.dispose();
    saving.dispose();
  }
}

async function compareModules(
  model: Lxmert,
  tensors: Weights,
  names: readonly string[],
  suffix: string,
): Promise<Finding[]> {
  const outputs = await moduleOutputs(model, tensors);
  return names.map((name) => {
    const actual = outputs.get(name);
    if (actual === undefined) throw new Error(`the model reports no module ${name}`);
    const excess = rowExcess(actual, expectedOf(tensors, name).values, tensors);
    return { what: name + suffix, error: excess, tolerance: ACTIVATION_TOLERANCE };
  });
}

/** Outputs by the original's module name below `lxrt_encoder.model.bert`. */
async function moduleOutputs(model: Lxmert, tensors: Weights): Promise<Map<string, Float32Array>> {
  const seen = new Map<string, tf.Tensor>();
  const { language, vision, pooled, logits } = await withInput(model, oracleArrays(tensors), (input) =>
    model.forward(input, null, (module, output) =>
      seen.set(module.replace("lxrt_encoder.model.bert.", ""), tf.keep(output.clone())),
    ),
  );
  seen.set("pooled_output", pooled).set("logits", logits);
  if (language !== undefined) seen.set("encoder.lang", language);
  if (vision !== undefined) seen.set("encoder.visn", vision);
  const outputs = new Map<string, Float32Array>();
  for (const [name, tensor] of seen) {
    outputs.set(name, new Float32Array(await tensor.data<"float32">()));
    tensor.dispose();
  }
  return outputs;
}

/** Largest error, with that of texts which attend to nothing scaled to the tolerance of the others. */
function rowExcess(actual: Float32Array, expected: Float32Array, tensors: Weights): number {
  const mask = tensorOf(tensors, "in.attention_mask");
  const [batch, length] = mask.shape as [number, number];
  const width = expected.length / batch;
  let largest = actual.length === expected.length ? 0 : Infinity;
  for (let row = 0; row < batch; row++) {
    const attends = mask.values.subarray(row * length, (row + 1) * length).some((entry) => entry !== 0);
    const error = largestError(
      actual.subarray(row * width, (row + 1) * width),
      expected.subarray(row * width, (row + 1) * width),
    );
    largest = Math.max(largest, attends ? error : error * (ACTIVATION_TOLERANCE / MASKED_ROW_TOLERANCE));
  }
  return largest;
}
