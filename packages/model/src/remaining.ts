import type { LxmertConfig } from "./config.ts";
import { ModelError } from "./error.ts";

/**
 * What is left of sub-layers that lost attention heads or feed-forward units for good. Keys are the sub-layers' names
 * below `bert`, as `encoder.layer.0.attention` and `encoder.layer.0.intermediate`; one without an entry is whole. At
 * least one of each is left: of a sub-layer that does nothing, one whose weights are 0.
 */
export interface Remaining {
  /** Heads by attention sub-layer; each is as wide as before, hidden / heads. */
  readonly heads: Readonly<Record<string, number>>;
  /** Units by feed-forward sub-layer, out of `intermediate`. */
  readonly units: Readonly<Record<string, number>>;
}

/** Attention sub-layers by name below `bert`, with the module in which query, key and value stand. */
function attentions({ layers }: LxmertConfig): ReadonlyMap<string, "self" | "att"> {
  const names = new Map<string, "self" | "att">();
  for (let i = 0; i < layers.language; i++) names.set(`encoder.layer.${i}.attention`, "self");
  for (let i = 0; i < layers.cross; i++) {
    names.set(`encoder.x_layers.${i}.visual_attention`, "att");
    for (const stream of ["lang", "visn"]) names.set(`encoder.x_layers.${i}.${stream}_self_att`, "self");
  }
  for (let i = 0; i < layers.object; i++) names.set(`encoder.r_layers.${i}.attention`, "self");
  return names;
}

/** Feed-forward sub-layers by name below `bert`. */
function feedForwards({ layers }: LxmertConfig): ReadonlySet<string> {
  const names = new Set<string>();
  for (let i = 0; i < layers.language; i++) names.add(`encoder.layer.${i}.intermediate`);
  for (let i = 0; i < layers.cross; i++)
    for (const stream of ["lang", "visn"]) names.add(`encoder.x_layers.${i}.${stream}_inter`);
  for (let i = 0; i < layers.object; i++) names.add(`encoder.r_layers.${i}.intermediate`);
  return names;
}

/** Heads of an attention sub-layer. @param name below `bert` */
export function headsOf({ heads, remaining }: LxmertConfig, name: string): number {
  return remaining?.heads[name] ?? heads;
}

/** Units of a feed-forward sub-layer. @param name below `bert` */
export function unitsOf({ intermediate, remaining }: LxmertConfig, name: string): number {
  return remaining?.units[name] ?? intermediate;
}

/** @throws ModelError naming the entry that is of no sub-layer, or that no such sub-layer can have */
export function checkRemaining(config: LxmertConfig): void {
  const { remaining, heads, intermediate } = config;
  const check = (field: "heads" | "units", names: { has(name: string): boolean }, most: number): void => {
    for (const [name, count] of Object.entries(remaining?.[field] ?? {})) {
      if (!names.has(name)) throw new ModelError(`config: remaining.${field} names ${name}, no such sub-layer`);
      if (!Number.isInteger(count) || count < 1 || count > most)
        throw new ModelError(
          `config: remaining.${field}["${name}"] is ${count}, expected a whole number from 1 to ${most}`,
        );
    }
  };
  check("heads", attentions(config), heads);
  check("units", feedForwards(config), intermediate);
}

/**
 * The config of weights whose sub-layers may have lost heads or units, told by their shapes.
 * @param whole what the network was before, nothing removed
 * @param weights under VQA's names
 * @throws ModelError when a sub-layer holds no whole number of heads
 */
export function configOfRemaining(
  whole: LxmertConfig,
  weights: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): LxmertConfig {
  const heads: Record<string, number> = {};
  const units: Record<string, number> = {};
  const width = whole.hidden / whole.heads;
  const rowsOf = (name: string): number | undefined => weights.get(`lxrt_encoder.model.bert.${name}.weight`)?.shape[0];
  for (const [name, inner] of attentions(whole)) {
    const rows = rowsOf(`${name}.${inner}.query`);
    if (rows === undefined || rows === whole.hidden) continue;
    if (rows % width !== 0)
      throw new ModelError(`weights: ${name}.${inner}.query has ${rows} rows, no whole number of heads of ${width}`);
    heads[name] = rows / width;
  }
  for (const name of feedForwards(whole)) {
    const rows = rowsOf(`${name}.dense`);
    if (rows !== undefined && rows !== whole.intermediate) units[name] = rows;
  }
  if (Object.keys(heads).length + Object.keys(units).length === 0) return whole;
  const found = { ...whole, remaining: { heads, units } };
  checkRemaining(found);
  return found;
}
