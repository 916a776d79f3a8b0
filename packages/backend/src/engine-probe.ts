/**
 * Opens one engine in a process of its own and times its linear layer: what a broken library or
 * driver does then touches nobody else. Arguments: engine, seconds (0 only opens it). Prints an EngineProbe, or why not.
 */
import { type EngineName } from "./engine.ts";
import type { EngineProbe } from "./engine-list.ts";
import { openEngine } from "./node.ts";
import { linear } from "./ops/linear.ts";
import { randomStream } from "./random/stream.ts";
import { tf } from "./tf.ts";

const [ROWS, WIDTH] = [640, 768];

function draw(name: string, ...shape: number[]): tf.Tensor {
  const random = randomStream(1, name);
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.uniform() - 0.5),
    shape,
  );
}

/** 10^9 floating-point operations a second of x Wᵀ + b, in rounds that end with reading the last result. */
async function measure(seconds: number): Promise<number> {
  const x = draw("x", ROWS, WIDTH) as tf.Tensor2D;
  const weight = draw("weight", WIDTH, WIDTH);
  const bias = draw("bias", WIDTH);
  const round = async (calls: number): Promise<number> => {
    const start = performance.now();
    for (let i = 1; i < calls; i++) linear(x, weight, bias).dispose();
    const last = linear(x, weight, bias);
    await last.data();
    last.dispose();
    return (performance.now() - start) / 1000;
  };
  await round(1);
  let best = 0;
  let calls = 1;
  const end = performance.now() + seconds * 1000;
  do {
    const took = await round(calls);
    best = Math.max(best, (calls * 2 * ROWS * WIDTH * WIDTH) / took / 1e9);
    if (took < seconds / 20) calls *= 2;
  } while (performance.now() < end);
  return best;
}

async function answer(): Promise<EngineProbe | { error: string }> {
  try {
    const { version, arithmetic } = await openEngine(process.argv[2] as EngineName);
    const seconds = Number(process.argv[3]);
    return { version, arithmetic, gigaflops: seconds > 0 ? await measure(seconds) : null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

// On a line of its own, after whatever a library prints; and the end, whatever threads a driver still has.
process.stdout.write(`\n${JSON.stringify(await answer())}\n`, () => process.exit());
