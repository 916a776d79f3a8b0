import type { Method } from "../define-method.ts";
import { card } from "./card.ts";
import { finiteScores, layerCollapse, polarity } from "./choices.ts";
import { exactCounts, label, nesting, oddShapes, ties } from "./counts.ts";
import { held, heldInOptimiser, type StartTrainer } from "./enforcement.ts";
import { failed, type Finding, type Verdict } from "./finding.ts";
import { Laboratory } from "./laboratory.ts";
import { noEvaluationData, noLeaks, noSwallowedErrors, readsOnly } from "./manners.ts";
import { type EngineOpener, engines, parameterOrder, sameAgain, seeds } from "./repeatability.ts";
import { sourceText } from "./source.ts";
import { Subject } from "./subject.ts";

export interface CheckSettings {
  /** The engines to compare; everything else runs on the first. */
  readonly engines: readonly [EngineOpener, ...EngineOpener[]];
  /** The text of the method's file, if there is one. */
  readonly source?: string;
  /** How training holds a mask; the optimiser's own way if left out. */
  readonly trainer?: StartTrainer;
}

type Check = (subject: Subject) => Verdict | Promise<Verdict>;

function checks(settings: CheckSettings): readonly (readonly [string, Check])[] {
  const { source } = settings;
  return [
    ["card", ({ method }) => card(method)],
    ...(source === undefined ? [] : [["source", () => sourceText(source)] as const]),
    ["exact counts", exactCounts],
    ["ties", ties],
    ["odd shapes", oddShapes],
    ["label", label],
    ["nesting", nesting],
    ["finite scores", finiteScores],
    ["polarity", polarity],
    ["layer collapse", layerCollapse],
    ["repeatable", sameAgain],
    ["seeds", seeds],
    ["parameter order", parameterOrder],
    ["read only", readsOnly],
    ["no evaluation data", noEvaluationData],
    ["errors come through", noSwallowedErrors],
    ["no leaks", noLeaks],
    ["held in training", held(settings.trainer ?? heldInOptimiser)],
    ["engines agree", engines(settings.engines)],
  ];
}

async function verdictOf(check: Check, subject: Subject): Promise<Verdict> {
  try {
    return await check(subject);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** Tries a method on a tiny model and yields one finding a property, in order, as each is known. */
export async function* checkMethod(method: Method, settings: CheckSettings): AsyncGenerator<Finding> {
  await settings.engines[0]();
  const lab = new Laboratory();
  const subject = new Subject(method, lab);
  try {
    for (const [check, run] of checks(settings)) yield { check, ...(await verdictOf(run, subject)) };
  } finally {
    // The last check opened other engines; the laboratory's tensors live on the first.
    await settings.engines[0]();
    lab.dispose();
  }
}
