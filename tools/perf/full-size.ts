/**
 * A process of its own, since its peak memory counts: LXMERT of full size for a few training steps and one evaluation.
 * Arguments: engine, and how many steps (0 evaluates alone). TF_NUM_INTRAOP_THREADS sets TensorFlow's threads. Prints
 * FullSizeFigures as JSON.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Dropout, type EngineName, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { answerLogits, bertAdam, initialise, Lxmert, lxmertInput, Optimiser, trainStep } from "@ticketbench/model";
import { makeBatch, SIZES } from "./sizes.ts";

export interface FullSizeFigures {
  /** The fastest step after the first; null when none was asked for. */
  readonly stepMilliseconds: number | null;
  readonly evaluationMilliseconds: number;
  readonly peakBytes: number;
}

/** Measures in a process of its own. Throws an Error with what that printed when it fails. */
export function measureFullSize(engine: EngineName, threads: number, steps: number): FullSizeFigures {
  const environment = { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads), TF_CPP_MIN_LOG_LEVEL: "2" };
  const words = [fileURLToPath(import.meta.url), engine, String(steps)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", env: environment });
  if (status !== 0) throw new Error(`LXMERT of full size on ${engine}: ${stderr}`);
  return JSON.parse(stdout) as FullSizeFigures;
}

async function milliseconds(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

async function measure(engine: EngineName, steps: number): Promise<FullSizeFigures> {
  await openEngine(engine);
  const { full } = SIZES;
  const model = new Lxmert(full.config, initialise(full.config, 1));
  const { targets, ...arrays } = makeBatch(full);
  const input = lxmertInput(full.config, arrays);
  const times: number[] = [];
  if (steps > 0) {
    const batch = { ...input, targets: tf.tensor2d(targets, [full.batch, full.config.answers]) };
    const optimiser = new Optimiser(model.parameters, bertAdam({ learningRate: 1e-5, totalSteps: 1000 }));
    const dropout = new Dropout(full.config.dropout, 1);
    for (let i = 0; i < steps; i++) times.push(await milliseconds(() => trainStep(model, optimiser, batch, dropout)));
  }
  const evaluate = (): Promise<number> => milliseconds(() => answerLogits(model, input));
  const evaluations = [await evaluate(), await evaluate()];
  return {
    stepMilliseconds: steps === 0 ? null : Math.min(...times.slice(1)),
    evaluationMilliseconds: Math.min(...evaluations),
    peakBytes: 1024 * process.resourceUsage().maxRSS,
  };
}

if (import.meta.main) {
  const figures = await measure(process.argv[2] as EngineName, Number(process.argv[3]));
  process.stdout.write(JSON.stringify(figures), () => process.exit());
}
