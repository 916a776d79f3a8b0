import type { Method } from "../define-method.ts";
import type { Mask } from "../mask.ts";
import { failed, passed, type Verdict } from "./finding.ts";
import { Laboratory } from "./laboratory.ts";
import type { Subject } from "./subject.ts";
import { lxmertShapes, randomWeights } from "./tiny-model.ts";

/** How many weights two masks disagree on. */
function difference(a: Mask, b: Mask): number {
  return a.kept() + b.kept() - 2 * a.overlap(b);
}

/** The same request gives the same mask, at once and after a run on another model. */
export async function sameAgain(subject: Subject): Promise<Verdict> {
  const { lab, method } = subject;
  const first = await lab.try(method, { sparsity: 0.6 });
  const second = await lab.try(method, { sparsity: 0.6 });
  if (!first.mask.equals(second.mask))
    return failed(
      `two runs with one seed differ in ${difference(first.mask, second.mask)} weights: draw from context.random alone, keep nothing between calls`,
    );
  await lab.try(method, { sparsity: 0.3, seed: 2, weights: randomWeights(lxmertShapes(lab.config), 2) });
  const third = await lab.try(method, { sparsity: 0.6 });
  if (!first.mask.equals(third.mask))
    return failed(
      `after a run on other weights the same request gives another mask (${difference(first.mask, third.mask)} weights): the method keeps state between calls`,
    );
  return passed("the same seed gives the same mask, whatever ran before");
}

/** Runs work and says whether it called Math.random. */
async function callsMathRandom(work: () => Promise<unknown>): Promise<boolean> {
  const original = Math.random;
  let called = false;
  Math.random = () => {
    called = true;
    return original();
  };
  try {
    await work();
  } finally {
    Math.random = original;
  }
  return called;
}

/** What is drawn at random is drawn from the study's seed, and so another with each. */
export async function seeds(subject: Subject): Promise<Verdict> {
  const { lab, method, seen } = subject;
  if (await callsMathRandom(() => lab.try(method, { sparsity: 0.6 })))
    return failed("calls Math.random, which no seed repeats: draw from context.random");
  const one = await subject.usual({ sparsity: 0.6 });
  const two = await subject.usual({ sparsity: 0.6, seed: 2 });
  const draws = seen.read.has("context.random") || method.family === "random";
  if (!draws) return passed("draws nothing at random");
  if (one.mask.equals(two.mask))
    return failed(
      "seeds 1 and 2 give the same mask: three seeds would be one run counted three times; use context.random",
    );
  return passed("another seed gives another mask");
}

/** Parameters are known by their names: listed the other way round, the same weights stay. */
export async function parameterOrder(subject: Subject): Promise<Verdict> {
  const { lab, method } = subject;
  const weights = new Map([...lab.weights].reverse());
  const inOrder = await subject.usual({ sparsity: 0.6 });
  const reordered = await lab.try(method, { sparsity: 0.6, weights });
  if (!inOrder.mask.equals(reordered.mask))
    return failed(
      `with the parameters listed in reverse, ${difference(inOrder.mask, reordered.mask)} weights change: choose by name, never by position`,
    );
  return passed("does not depend on the order of the parameters");
}

/** Opens an engine: everything from then on runs on it. */
export type EngineOpener = () => Promise<{ readonly name: string }>;

/** Engines round differently, so what comes out of a network's arithmetic may differ by ties, not by more. */
export function engines(openers: readonly EngineOpener[]): (subject: Subject) => Promise<Verdict> {
  return async ({ method }) => {
    const tried: { readonly name: string; readonly mask: Mask }[] = [];
    for (const open of openers) tried.push({ name: (await open()).name, mask: (await onThisEngine(method)).mask });
    const [first, ...others] = tried;
    if (first === undefined || others.length === 0)
      return passed("one engine on this machine, nothing to compare with");
    const allowed = Math.ceil((method.needs === "nothing" ? 0 : 0.02) * first.mask.size());
    for (const { name, mask } of others) {
      const weights = difference(first.mask, mask);
      if (weights > allowed)
        return failed(
          `engines ${first.name} and ${name} disagree on ${weights} of ${mask.size()} weights, beyond ties: compute from values, not from what an engine offers`,
        );
    }
    return passed(`the same mask on ${tried.map(({ name }) => name).join(" and ")}`);
  };
}

async function onThisEngine(method: Method) {
  const lab = new Laboratory();
  try {
    return await lab.try(method, { sparsity: 0.6 });
  } finally {
    lab.dispose();
  }
}
