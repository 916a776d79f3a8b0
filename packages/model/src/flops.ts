import type { LxmertConfig } from "./config.ts";
import { parameterShapes } from "./parameters.ts";

/** Lengths that the arithmetic depends on. */
export interface InputLengths {
  readonly tokens: number;
  readonly regions: number;
}

/** Floating-point operations of the matrix products of one question's forward pass, two for each multiply-add. */
export interface ForwardFlops {
  readonly total: number;
  /** By weight matrix: what pruning can take away. Attention's products of activations are in the total alone. */
  readonly byParameter: ReadonlyMap<string, number>;
}

/** What runs in one sub-layer: how many rows each kind of its matrices is applied to. */
interface Rows {
  readonly queries: number;
  readonly keys: number;
}

/**
 * Counts what `forward` computes with this config's savings: dead branches and rows that nobody reads cost nothing when
 * they are left out.
 */
export function forwardFlops(config: LxmertConfig, { tokens, regions }: InputLengths): ForwardFlops {
  const byParameter = new Map<string, number>();
  let attention = 0;
  for (const [name, { shape, kind }] of parameterShapes(config)) {
    if (kind !== "matrix") continue;
    const { queries, keys } = rowsOf(name, config, tokens, regions);
    const [outputs, inputs] = shape as [number, number];
    const rows = /\.(key|value)\.weight$/.test(name) ? keys : queries;
    byParameter.set(name, 2 * rows * outputs * inputs);
    if (name.endsWith(".query.weight"))
      attention += attentionFlops(name, config, { tokens, regions }, { queries, keys }, outputs);
  }
  const total = [...byParameter.values()].reduce((sum, flops) => sum + flops, attention);
  return { total, byParameter };
}

/** Scores and weighted sums: 2 x 2 x queries x keys x width of all heads, for each direction of cross-attention. */
function attentionFlops(
  name: string,
  config: LxmertConfig,
  { tokens, regions }: InputLengths,
  { queries, keys }: Rows,
  width: number,
): number {
  if (!name.includes(".visual_attention.")) return 4 * queries * keys * width;
  const directions = isLastCrossLayer(name, config) && config.savings.deadVision ? 1 : 2;
  return 4 * directions * tokens * regions * width;
}

function isLastCrossLayer(name: string, config: LxmertConfig): boolean {
  return name.includes(`.x_layers.${config.layers.cross - 1}.`);
}

function rowsOf(name: string, config: LxmertConfig, tokens: number, regions: number): Rows {
  const { deadVision, classTokenOnly } = config.savings;
  const last = isLastCrossLayer(name, config);
  if (/^logit_fc\.|\.pooler\./.test(name)) return { queries: 1, keys: 1 };
  if (name.includes(".visn_fc.") || name.includes(".r_layers.")) return { queries: regions, keys: regions };
  if (name.includes(".visual_attention.")) {
    const oneWay = last && deadVision;
    return oneWay ? { queries: tokens, keys: regions } : { queries: tokens + regions, keys: tokens + regions };
  }
  if (/\.x_layers\.\d+\.visn_/.test(name)) {
    const rows = last && deadVision ? 0 : regions;
    return { queries: rows, keys: rows };
  }
  if (last && classTokenOnly) return { queries: 1, keys: tokens };
  return { queries: tokens, keys: tokens };
}
