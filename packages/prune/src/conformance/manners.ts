import { tf } from "@ticketbench/backend";
import type { Weights } from "@ticketbench/model";
import type { Calibration } from "../calibration.ts";
import type { Schedule, Training, TrainingState } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { shapesOf } from "../shapes.ts";
import { failed, passed, type Verdict } from "./finding.ts";
import { STEPS } from "./laboratory.ts";
import type { Subject } from "./subject.ts";

/** Weights, calibration questions and context are as before when the method has run. */
export async function readsOnly(subject: Subject): Promise<Verdict> {
  const { lab, seen } = subject;
  const outcome = await subject.usual({ sparsity: 0.5 }).catch((error: unknown) => error);
  const [set] = seen.written;
  if (set !== undefined)
    return failed(`sets ${set}: every method after this one would get it; a context is there to be read`);
  if (outcome instanceof Error) throw outcome;
  if (lab.writtenTo !== null)
    return failed(
      `wrote to the weights of ${lab.writtenTo}: every method after this one reads them; copy before changing`,
    );
  if (lab.questionsChanged())
    return failed("wrote to the calibration questions: every method must see the same ones; copy before changing");
  return passed("weights and calibration questions are as before");
}

/** A method that looks for what its context does not hold looks for data that it must not see. */
export async function noEvaluationData(subject: Subject): Promise<Verdict> {
  await subject.usual({ sparsity: 0.5 });
  const [first] = subject.seen.missed;
  if (first !== undefined)
    return failed(
      `looked for ${first}, which is not there: a method sees training questions (context.calibration) and no others`,
    );
  return passed("reads nothing but what it is given");
}

/** An error the method did not expect must end it: a mask made after one is a wrong result, not a missing one. */
export async function noSwallowedErrors({ lab, method }: Subject): Promise<Verdict> {
  let failures = 0;
  const fail = () => {
    failures++;
    return Promise.reject(new Error("planted error"));
  };
  const calibration: Calibration = { batches: 1, gradients: fail, visitInputs: fail };
  const training: Training = {
    train: fail,
    follow: (begin) => followed(begin(lab.weights, STEPS), { weights: fail, gradients: fail, set: fail }, lab.weights),
  };
  const isMask = await lab.try(method, { sparsity: 0.5, calibration, training }).then(
    () => true,
    () => false,
  );
  if (failures > 0 && isMask)
    return failed(
      "its calibration or training failed and it returned a mask all the same: let errors through, a failed run is a result",
    );
  return passed("errors come through");
}

/** The masks of a training in which nothing moves, whatever its state answers. */
async function followed(
  schedule: Schedule,
  state: TrainingState,
  weights: Weights,
): Promise<{ weights: Weights; mask: Mask }> {
  let mask = Mask.dense(shapesOf(weights), []);
  for (let step = 0; step < STEPS; step++) mask = (await schedule.maskAt(step, state)) ?? mask;
  return { weights, mask };
}

/** As many tensors after a run as before it. */
export async function noLeaks({ lab, method }: Subject): Promise<Verdict> {
  await lab.try(method, { sparsity: 0.5 });
  const before = tf.memory().numTensors;
  await lab.try(method, { sparsity: 0.5 });
  const leaked = tf.memory().numTensors - before;
  if (leaked !== 0)
    return failed(
      `${leaked} tensors left behind after a run: a study would run out of memory; wrap the work in tf.tidy`,
    );
  return passed("leaves no tensor behind");
}
