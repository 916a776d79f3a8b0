import { bceWithLogits, tf } from "@ticketbench/backend";
import type { LxmertConfig } from "../config.ts";
import { Lxmert } from "../lxmert.ts";
import { bertAdam, Optimiser, type OptimiserSettings } from "../optimiser.ts";
import { gradientsOf, trainStep, type VqaBatch } from "../training.ts";
import type { Weights } from "../weights.ts";
import {
  expectedNames,
  expectedOf,
  type Finding,
  largestError,
  largestMagnitude,
  NO_SAVINGS,
  oracleArrays,
  oracleConfig,
  oracleJson,
  oracleTensors,
  tensorOf,
  withInput,
} from "./oracle.ts";

interface TrainingCase {
  readonly lr: number;
  readonly warmup: number;
  readonly t_total: number;
  readonly b1: number;
  readonly b2: number;
  readonly eps: number;
  readonly weight_decay: number;
  readonly clip_max_norm: number;
  readonly steps: number;
  readonly lr_used_at_step: readonly number[];
  readonly params_without_gradient: readonly string[];
}

/** Gradients at the start, then the original's training steps: loss, norm, rate and parameters. */
export async function checkTraining(directory: string, file: string): Promise<readonly Finding[]> {
  const tensors = await oracleTensors(directory, file);
  const weights = await oracleTensors(directory, "weights/vqa.safetensors");
  const settings = await oracleJson<TrainingCase>(directory, file.replace(".safetensors", ".json"));
  const whole = await oracleConfig(directory, "config_train.json", NO_SAVINGS);
  const saving = await oracleConfig(directory, "config_train.json", {});
  const saved = await checkGradients(saving, weights, tensors, settings);
  return [
    ...(await checkGradients(whole, weights, tensors, settings)),
    ...saved.map((finding) => ({ ...finding, what: `${finding.what} with savings` })),
    ...(await checkSteps(saving, weights, tensors, settings)),
  ];
}

async function withTrainingBatch<T>(
  model: Lxmert,
  tensors: Weights,
  use: (batch: VqaBatch) => T | Promise<T>,
): Promise<T> {
  return await withInput(model, oracleArrays(tensors), async (input) => {
    const { shape, values } = tensorOf(tensors, "in.target");
    const targets = tf.tensor2d(values, shape as [number, number]);
    try {
      return await use({ ...input, targets });
    } finally {
      targets.dispose();
    }
  });
}

async function checkGradients(
  config: LxmertConfig,
  weights: Weights,
  tensors: Weights,
  settings: TrainingCase,
): Promise<Finding[]> {
  const model = new Lxmert(config, weights);
  const { loss, gradients } = await withTrainingBatch(model, tensors, (batch) =>
    gradientsOf(model.parameters, () => bceWithLogits(model.forward(batch, null).logits, batch.targets)),
  );
  const expectedNone = new Set(settings.params_without_gradient);
  const wrongNone = [...model.parameters.keys()].filter((name) => gradients.has(name) === expectedNone.has(name));
  const findings: Finding[] = [{ what: "parameters without gradient", error: wrongNone.length, tolerance: 0 }];
  for (const name of expectedNames(tensors, "grad.")) {
    const gradient = gradients.get(name.slice("grad.".length));
    const expected = expectedOf(tensors, name).values;
    const actual = gradient === undefined ? [] : await gradient.data();
    findings.push({ what: name, error: largestError(actual, expected), tolerance: gradientTolerance(name, expected) });
  }
  tf.dispose([loss, ...gradients.values()]);
  model.dispose();
  return findings;
}

/** Key biases have a gradient of zero in exact arithmetic: what is seen is rounding noise. */
export function gradientTolerance(name: string, expected: Float32Array): number {
  return name.endsWith("key.bias") ? 1e-5 : 1e-5 + 1e-4 * largestMagnitude(expected);
}

async function checkSteps(
  config: LxmertConfig,
  weights: Weights,
  tensors: Weights,
  settings: TrainingCase,
): Promise<Finding[]> {
  const model = new Lxmert(config, weights);
  const optimiser = new Optimiser(model.parameters, optimiserSettings(settings));
  const findings: Finding[] = [];
  await withTrainingBatch(model, tensors, async (batch) => {
    for (let step = 1; step <= settings.steps; step++) {
      const { loss, gradientNorm, learningRate } = await trainStep(model, optimiser, batch, null);
      const relative = (quantity: string, actual: number, tolerance: number): void => {
        const expected = expectedOf(tensors, quantity).values[step - 1] as number;
        findings.push({ what: `${quantity} ${step}`, error: Math.abs(actual / expected - 1), tolerance });
      };
      relative("loss", loss, 1e-5);
      relative("grad_norm", gradientNorm, 1e-4);
      const rate = settings.lr_used_at_step[step - 1] as number;
      findings.push({ what: `rate ${step}`, error: Math.abs(learningRate - rate), tolerance: 1e-12 * rate });
      findings.push(...compareParameters(await model.snapshot(), tensors, `after${step}.`, settings));
    }
  });
  optimiser.dispose();
  model.dispose();
  return findings;
}

function optimiserSettings(settings: TrainingCase): OptimiserSettings {
  return bertAdam({
    learningRate: settings.lr,
    warmup: settings.warmup,
    totalSteps: settings.t_total,
    beta1: settings.b1,
    beta2: settings.b2,
    epsilon: settings.eps,
    weightDecay: settings.weight_decay,
    clipNorm: settings.clip_max_norm,
  });
}

/** Each parameter, and the share of values that are not within 1e-6: a missing weight decay shows there. */
function compareParameters(actual: Weights, tensors: Weights, prefix: string, { lr }: TrainingCase): Finding[] {
  // Small learning rates move parameters by little, and a fixed tolerance would not see a wrong step.
  const base = Math.min(1e-5, lr / 10);
  const findings: Finding[] = [];
  let values = 0;
  let loose = 0;
  for (const name of expectedNames(tensors, prefix)) {
    const expected = expectedOf(tensors, name).values;
    const found = tensorOf(actual, name.slice(prefix.length)).values;
    // The update of a key bias is rounding noise.
    const tolerance = name.endsWith("key.bias") && base === 1e-5 ? 5e-5 : base;
    findings.push({ what: name, error: largestError(found, expected), tolerance });
    values += expected.length;
    loose += expected.filter((value, i) => Math.abs(value - (found[i] as number)) > 1e-6).length;
  }
  if (values > 0) findings.push({ what: `${prefix} beyond 1e-6`, error: loose / values, tolerance: 0.01 });
  return findings;
}
