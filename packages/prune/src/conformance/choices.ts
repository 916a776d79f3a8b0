import type { Mask } from "../mask.ts";
import { failed, passed, type Verdict, warned } from "./finding.ts";
import type { Subject } from "./subject.ts";

/** Infinite scores are ties, of which name and index decide. */
export async function finiteScores({ lab, method, seen }: Subject): Promise<Verdict> {
  if (!("score" in method)) return passed("makes its mask itself: no scores to look at");
  await lab.try(method, { sparsity: 0.5, scope: "thesis" });
  for (const [name, scores] of seen.scores) {
    const bad = scores.findIndex((score) => !Number.isFinite(score));
    if (bad >= 0)
      return failed(
        `score ${scores[bad]} at index ${bad} of ${name}: infinite scores are all ties; divide before squaring, or take logarithms`,
      );
  }
  return passed("every score is a finite number");
}

/** Mean of a value over the kept and over the pruned weights of all parameters. */
function meanOf(
  mask: Mask,
  valuesOf: (name: string) => Float32Array,
): { readonly kept: number; readonly pruned: number } {
  const sums = [0, 0];
  const counts = [0, 0];
  for (const name of mask.prunable) {
    const values = valuesOf(name);
    mask.toBytes(name).forEach((bit, i) => {
      sums[bit] = (sums[bit] ?? 0) + (values[i] ?? 0);
      counts[bit] = (counts[bit] ?? 0) + 1;
    });
  }
  return { kept: (sums[1] ?? 0) / (counts[1] || 1), pruned: (sums[0] ?? 0) / (counts[0] || 1) };
}

/** A mask the wrong way round keeps what its method claims to remove; 1 keeps, everywhere. */
export async function polarity(subject: Subject): Promise<Verdict> {
  const { lab, method, seen } = subject;
  // Scores are those of the trial just made; what a mask method claims needs no new one.
  const { mask, weights } =
    "score" in method ? await lab.try(method, { sparsity: 0.5 }) : await subject.usual({ sparsity: 0.5 });
  const trained = "schedule" in method || method.needs === "training" ? weights : lab.weights;
  const claims: (readonly [string, (name: string) => Float32Array])[] = [];
  const magnitude = (name: string) => (trained.get(name)?.values ?? new Float32Array()).map(Math.abs);
  if (seen.scores.size > 0) claims.push(["its own score", (name) => seen.scores.get(name) ?? new Float32Array()]);
  if (method.family === "magnitude") claims.push(["|weight|, as its family says", magnitude]);
  if ("claim" in method)
    claims.push([
      "what it claims to keep",
      (name) => method.claim?.(trained.get(name)?.values ?? new Float32Array()) ?? new Float32Array(),
    ]);
  for (const [what, valuesOf] of claims) {
    const { kept, pruned } = meanOf(mask, valuesOf);
    if (kept < pruned)
      return failed(
        `keeps the low end of ${what}: mean ${kept.toPrecision(3)} kept, ${pruned.toPrecision(3)} pruned; in a mask 1 keeps and 0 prunes, and a higher score is kept`,
      );
  }
  if (claims.length === 0) return passed("claims no order of importance, so there is none to invert");
  return passed(`keeps the high end of ${claims.map(([what]) => what).join(" and ")}`);
}

/** Parameters without a single weight left block everything that flows through them. */
export async function layerCollapse(subject: Subject): Promise<Verdict> {
  for (const sparsity of [0.5, 0.7, 0.9]) {
    const { ledger } = await subject.usual({ sparsity });
    const emptied = ledger.parameters.filter(
      ({ prunable, dead, size, kept }) => prunable && !dead && size > 0 && kept === 0,
    );
    if (emptied.length > 0)
      return warned(
        `at ${sparsity} nothing is left of ${emptied[0]?.name ?? ""}${emptied.length > 1 ? ` and ${emptied.length - 1} more` : ""}; consider layer granularity or more rounds`,
      );
  }
  return passed("every live layer keeps weights up to 0.9");
}
