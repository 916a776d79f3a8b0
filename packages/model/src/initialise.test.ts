import { describe, expect, it } from "vitest";
import { lxmertConfig } from "./config.ts";
import { initialise } from "./initialise.ts";
import { BERT, parameterShapes } from "./parameters.ts";

const config = lxmertConfig({
  hidden: 32,
  heads: 2,
  intermediate: 96,
  layers: { language: 1, object: 1, cross: 1 },
  vocabulary: 300,
  positions: 40,
  featureWidth: 48,
  answers: 50,
  initialDeviation: 0.03,
});

describe("fresh weights", () => {
  const weights = initialise(config, 4);
  const valuesOf = (kinds: readonly string[]): number[] =>
    [...parameterShapes(config)].flatMap(([name, { kind }]) =>
      kinds.includes(kind) ? [...(weights.get(name)?.values ?? [])] : [],
    );

  it("are normal, and not truncated, with the config's deviation for matrices and embeddings", () => {
    const values = valuesOf(["matrix", "embedding"]).map((value) => value / 0.03);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const error = 5 / Math.sqrt(values.length);
    expect(Math.abs(mean)).toBeLessThan(error);
    expect(Math.abs(variance - 1)).toBeLessThan(Math.SQRT2 * error);
    // 4.55 % of a normal sample lie beyond two deviations, of a truncated one none.
    const beyond = values.filter((value) => Math.abs(value) > 2).length / values.length;
    expect(beyond).toBeCloseTo(0.0455, 2);
  });

  it("are random in the padding row too, which the original overwrites", () => {
    for (const table of ["word_embeddings", "position_embeddings", "token_type_embeddings"]) {
      const row = weights.get(`${BERT}.embeddings.${table}.weight`)?.values.subarray(0, config.hidden) ?? [];
      expect(row).toHaveLength(config.hidden);
      expect(row.every((value) => value !== 0)).toBe(true);
    }
  });

  it("are 0 for biases and 1 for LayerNorm gains", () => {
    expect(new Set(valuesOf(["bias"]))).toEqual(new Set([0]));
    expect(new Set(valuesOf(["gain"]))).toEqual(new Set([1]));
  });

  it("are the same for a seed, and others for another", () => {
    expect(initialise(config, 4)).toEqual(weights);
    const name = "logit_fc.0.weight";
    expect(initialise(config, 5).get(name)).not.toEqual(weights.get(name));
  });
});
