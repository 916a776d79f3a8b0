import type { Weights } from "@ticketbench/model";
import type { Mask } from "../mask.ts";
import { failed, passed, type Verdict, warned } from "./finding.ts";
import type { Subject } from "./subject.ts";

/** Twelve sparsities, the ends of the scale included. */
export const SPARSITIES = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98, 0.999] as const;

/** `prune` refuses a wrong count itself; here it only has to be asked often enough. */
export async function exactCounts(subject: Subject): Promise<Verdict> {
  const { method } = subject;
  for (const sparsity of SPARSITIES) await subject.usual({ sparsity });
  for (const sparsity of [0, 0.5, 0.98]) await subject.usual({ sparsity, scope: "thesis" });
  if ("count" in method && method.count === "own") return passed("its own counts, as its pattern or rounds decide");
  return passed(`exact to half a weight at ${SPARSITIES.length} sparsities from 0 to 0.999`);
}

function filled(weights: Weights, value: number): Weights {
  return new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: values.map(() => value) }]));
}

/** Where all weights are equal, a threshold takes all of them or none. */
export async function ties({ lab, method }: Subject): Promise<Verdict> {
  for (const value of [0.031, 0])
    for (const sparsity of [0.3, 0.5, 0.98]) await lab.try(method, { sparsity, weights: filled(lab.weights, value) });
  return passed("exact where all weights are equal, and where all are 0");
}

/** Adds a parameter without entries and one with a single weight to the language encoder. */
function withOddShapes(weights: Weights): Weights {
  const layer = "lxrt_encoder.model.bert.encoder.layer.0";
  return new Map([
    ...weights,
    [`${layer}.empty.weight`, { shape: [0, 6], values: new Float32Array() }],
    [`${layer}.single.weight`, { shape: [1, 1], values: Float32Array.of(0.5) }],
  ]);
}

/** Parameters with no weight and with a single one: where means, deviations and largest values fail. */
export async function oddShapes({ lab, method }: Subject): Promise<Verdict> {
  const weights = withOddShapes(lab.weights);
  for (const sparsity of [0, 0.5, 0.98]) await lab.try(method, { sparsity, weights });
  return passed("takes parameters with no weight and with one");
}

/** A method that says its masks nest never gives a weight back. */
export async function nesting(subject: Subject): Promise<Verdict> {
  if (!subject.method.nests) return passed("claims no nesting, so none is asked of it");
  let denser: { readonly sparsity: number; readonly mask: Mask } | null = null;
  for (const sparsity of SPARSITIES) {
    const { mask } = await subject.usual({ sparsity });
    if (denser !== null && !mask.isNestedIn(denser.mask)) {
      const back = mask.kept() - mask.overlap(denser.mask);
      return failed(
        `says nests: true, but ${back} weights pruned at ${denser.sparsity} are back at ${sparsity}: say false, or draw and score the same way at every sparsity`,
      );
    }
    denser = { sparsity, mask };
  }
  return passed("a sparser mask lies inside every denser one");
}

/** Where a label is held against the measurement: one that is right at a few sparsities may yet be wrong at others. */
const LABELLED = [0.3, 0.5, 0.7, 0.9] as const;

/** What a method calls a sparsity is what is counted on its mask, to half a percent. */
export async function label(subject: Subject): Promise<Verdict> {
  const { family, asCoded } = subject.method;
  const explained = family === "as-coded" || family === "pattern" || family === "structure";
  for (const sparsity of LABELLED) {
    const { mask, ledger } = await subject.usual({ sparsity });
    const published = asCoded?.label(sparsity) ?? sparsity;
    const measured = ledger.prunable.sparsity;
    const zeros = mask.prunable.reduce((sum, name) => sum + mask.toBytes(name).filter((bit) => bit === 0).length, 0);
    if (zeros !== ledger.prunable.pruned)
      return failed(`the ledger says ${ledger.prunable.pruned} pruned, the bits ${zeros}`);
    if (Math.abs(measured - published) <= 0.005) continue;
    const said = `${published.toFixed(2)} is a measured ${measured.toFixed(4)}`;
    if (explained) return warned(`${said}: every table must show the measured one`);
    return failed(`${said}: a label must be the measurement; meet the target, or say which pattern decides the count`);
  }
  return passed("its label is its measured sparsity");
}
