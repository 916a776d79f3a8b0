import { tf } from "@ticketbench/backend";
import type { Calibration } from "../calibration.ts";
import { failed, passed, type Verdict } from "./finding.ts";
import type { Subject } from "./subject.ts";

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
export async function noSwallowedErrors({ lab, method, seen }: Subject): Promise<Verdict> {
  const broken = () => Promise.reject(new Error("planted error"));
  const calibration: Calibration = { batches: 1, gradients: broken, visitInputs: broken };
  const training = { train: broken, follow: broken };
  const outcome = await lab.try(method, { sparsity: 0.5, calibration, training }).then(
    () => null,
    (error: unknown) => error,
  );
  const used = [...seen.read].some((key) => key.startsWith("context.calibration."));
  if (used && outcome === null)
    return failed(
      "its calibration failed and it returned a mask all the same: let errors through, a failed run is a result",
    );
  return passed("errors come through");
}

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
