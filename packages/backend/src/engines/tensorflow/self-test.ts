/** Run by the installer in a process of its own: one training step on TensorFlow, held against tfjs's cpu engine. */
import { openCpuEngine } from "../../engine.ts";
import { addNorm } from "../../ops/norm.ts";
import { gelu } from "../../ops/gelu.ts";
import { linear } from "../../ops/linear.ts";
import { bceWithLogits } from "../../ops/losses.ts";
import { Dropout } from "../../random/dropout.ts";
import { randomStream } from "../../random/stream.ts";
import { tf } from "../../tf.ts";
import { openTensorflowEngine } from "./engine.ts";
import type { TensorflowInstallation } from "./installation.ts";

const [ROWS, WIDTH] = [33, 48];

function draw(name: string, ...shape: number[]): tf.Tensor {
  const random = randomStream(1, name);
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => 0.3 * random.normal()),
    shape,
  );
}

/** Gradients of a small network's loss on the engine that is open. */
function gradients(): Float32Array[] {
  const dropout = new Dropout(0.1, 1);
  const site = dropout.next();
  const targets = tf.sigmoid(draw("targets", ROWS, WIDTH)) as tf.Tensor2D;
  const loss = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Scalar => {
    const inner = gelu(linear(x as tf.Tensor2D, weight, bias));
    return bceWithLogits(addNorm(inner, x as tf.Tensor2D, tf.ones([WIDTH]), tf.zeros([WIDTH]), site), targets);
  };
  const inputs = [draw("x", ROWS, WIDTH), draw("weight", WIDTH, WIDTH), draw("bias", WIDTH)];
  return tf
    .grads(loss)(inputs)
    .map((gradient) => gradient.dataSync<"float32">());
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / scale;
}

/** What a self-test found out. */
export type SelfTestReport =
  | { passed: true; tensorflow: string; device: "CPU" | "GPU" }
  | { passed: false; reason: string };

async function report(installation: TensorflowInstallation): Promise<SelfTestReport> {
  try {
    const { version, arithmetic } = await openTensorflowEngine(installation);
    const computed = gradients();
    await openCpuEngine();
    const difference = Math.max(...gradients().map((expected, i) => largestDifference(expected, computed[i]!)));
    if (!(difference < 1e-5)) throw new Error(`gradients differ from the cpu engine's by ${difference} of the largest`);
    const device = arithmetic.includes("on GPU") ? "GPU" : "CPU";
    return { passed: true, tensorflow: version.replace("TensorFlow ", ""), device };
  } catch (error) {
    return { passed: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

// On a line of its own, after whatever TensorFlow prints.
console.log(`\n${JSON.stringify(await report(JSON.parse(process.argv[2]!) as TensorflowInstallation))}`);
