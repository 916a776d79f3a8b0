import type { Weights } from "@ticketbench/model";
import { Mask } from "@ticketbench/prune";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBundle, encodeBundle } from "../run/bundle.ts";
import { bundleOfWeights, weightsOfBundle } from "./weights-bundle.ts";
import { weightsSize } from "./weights-size.ts";

const tensor = fc
  .array(fc.float({ noNaN: true }), { maxLength: 9 })
  .map((values) => ({ shape: [values.length], values: Float32Array.from(values) }));
const weights = fc
  .dictionary(fc.string({ maxLength: 6 }), tensor)
  .map((tensors): Weights => new Map(Object.entries(tensors)));

test("several sets of weights come back from one bundle, names with slashes included, in their order", () => {
  fc.assert(
    fc.property(weights, weights, (first, second) => {
      const bundle = decodeBundle(
        encodeBundle(
          bundleOfWeights(
            [
              ["a", first],
              ["b", second],
            ],
            { step: 3 },
          ),
        ),
      );
      expect([...weightsOfBundle(bundle, "a")]).toEqual([...first]);
      expect([...weightsOfBundle(bundle, "b")]).toEqual([...second]);
      expect(bundle.meta).toMatchObject({ step: 3 });
    }),
  );
});

test("sparse weights take one bit a prunable weight and four bytes a kept one", async () => {
  const values = Float32Array.from({ length: 80 }, (_, i) => i);
  const model: Weights = new Map([
    ["w", { shape: [8, 10], values }],
    ["b", { shape: [8], values: values.slice(0, 8) }],
  ]);
  const shapes = new Map([
    ["w", [8, 10]],
    ["b", [8]],
  ]);
  const mask = Mask.fromBytes(shapes, new Map([["w", Uint8Array.from(values, (_, i) => (i < 20 ? 1 : 0))]]));
  const { dense, sparse, compressed } = await weightsSize(model, mask);
  expect(dense).toBe(88 * 4);
  expect(sparse).toBe(10 + 20 * 4 + 8 * 4);
  expect(compressed).toBeGreaterThan(0);
});
