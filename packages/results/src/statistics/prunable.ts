import { type Difference, pairedDifference } from "./difference.ts";
import { seedsText, shareText } from "./notation.ts";
import type { Contender } from "./runs.ts";
import { minimumSeeds } from "./verdict.ts";

/** One operating point of a curve. */
export interface CurvePoint {
  /** Fraction of weights pruned, as the reader chose to count them. */
  readonly sparsity: number;
  readonly contender: Contender;
}

/** A point of a curve against the dense model it came from. */
export interface JudgedPoint extends Difference {
  readonly sparsity: number;
  /**
   * `within`: the whole interval is above -margin; `loses`: the whole interval is below; `unclear`: neither, or fewer
   * than three seeds.
   */
  readonly claim: "within" | "loses" | "unclear";
}

/** How much can be pruned, at what margin. */
export interface PruningLimit {
  readonly margin: number;
  /** Largest sparsity up to which every point is proved to lose less than the margin; null when none is. */
  readonly within: number | null;
  /** Largest sparsity up to which every point's mean loses at most the margin; null when none does. */
  readonly byMean: number | null;
  /** Smallest sparsity that is proved to lose more than the margin; null when none is. */
  readonly losesFrom: number | null;
  readonly points: readonly JudgedPoint[];
  /** One English sentence. */
  readonly sentence: string;
}

function judgePoint({ sparsity, contender }: CurvePoint, dense: Contender, margin: number): JudgedPoint {
  const { found } = pairedDifference(contender, dense);
  const proved = found.n >= minimumSeeds;
  const claim = !proved
    ? "unclear"
    : found.interval.low > -margin
      ? "within"
      : found.interval.high < -margin
        ? "loses"
        : "unclear";
  return { ...found, sparsity, claim };
}

/** Sparsity of the last point of the unbroken run, from the lowest sparsity on, that holds. */
function lastHolding(points: readonly JudgedPoint[], holds: (point: JudgedPoint) => boolean): number | null {
  const broken = points.findIndex((point) => !holds(point));
  return (broken === -1 ? points : points.slice(0, broken)).at(-1)?.sparsity ?? null;
}

function sentenceOf(name: string, limit: Omit<PruningLimit, "sentence">): string {
  const points = Number((100 * limit.margin).toFixed(2));
  const unit = points === 1 ? "point" : "points";
  const proved =
    limit.within === null
      ? `${name}: no sparsity is proved to stay within ${points} ${unit} of dense`
      : `${name} stays within ${points} ${unit} of dense up to ${shareText(limit.within)}`;
  const mean =
    limit.byMean !== limit.within && limit.byMean !== null ? `; by its mean, up to ${shareText(limit.byMean)}` : "";
  const loses = limit.losesFrom === null ? "" : `; it loses more at ${shareText(limit.losesFrom)}`;
  const seeds = Math.min(...limit.points.map(({ n }) => n));
  return `${proved}${mean}${loses} (${seedsText(seeds)}).`;
}

/**
 * The answer to "how much can be pruned?" for one method: a claim about its curve, each point paired by seed with the
 * dense model that it was cut from.
 *
 * @param points operating points of one method, in any order; at least one
 * @param margin accuracy one is ready to give up, as a fraction: 0.01 is one point
 * @throws ResultError when a point shares no seed or no dataset with `dense`
 */
export function pruningLimit(
  name: string,
  points: readonly CurvePoint[],
  dense: Contender,
  margin = 0.01,
): PruningLimit {
  const judged = points.map((point) => judgePoint(point, dense, margin)).sort((a, b) => a.sparsity - b.sparsity);
  const limit = {
    margin,
    within: lastHolding(judged, ({ claim }) => claim === "within"),
    byMean: lastHolding(judged, ({ difference }) => difference >= -margin),
    losesFrom: judged.find(({ claim }) => claim === "loses")?.sparsity ?? null,
    points: judged,
  };
  return { ...limit, sentence: sentenceOf(name, limit) };
}
