import { deadParameters as modelDeadParameters, sizeOf } from "@ticketbench/model";
import { expect, test } from "vitest";
import { deadParameters, kindOf, moduleOf } from "./parameter.ts";
import { describeScope, prunableNames, SCOPES } from "./scope.ts";
import { byName } from "./shapes.ts";
import { FULL, lxmertShapes, TINY } from "./conformance/tiny-model.ts";

const full = lxmertShapes(FULL);
const sizeOfAll = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + sizeOf(full.get(name) as number[]), 0);

test("the full model has 213,930,297 parameters in 455 tensors", () => {
  expect(full.size).toBe(455);
  expect(sizeOfAll(full.keys())).toBe(213_930_297);
});

test("named scopes hold exactly the published counts at full size", () => {
  const encoders = prunableNames(full, "encoder-matrices");
  expect(sizeOfAll(encoders)).toBe(181_665_792);
  const thesis = prunableNames(full, "thesis");
  expect(thesis).toHaveLength(442);
  expect(sizeOfAll(thesis)).toBe(190_082_304);
  const kinds = thesis.map((name) => kindOf(name, full.get(name) as number[]));
  expect(["matrix", "bias", "layer-norm"].map((kind) => kinds.filter((k) => k === kind).length)).toEqual([
    168, 166, 108,
  ]);
  const matrices = [...full].filter(([, shape]) => shape.length === 2).map(([name]) => name);
  expect(prunableNames(full, "all-matrices")).toEqual(matrices);
});

test("the scope of what never reaches the answer holds those weights and no other", () => {
  expect(new Set(prunableNames(full, "unreached"))).toEqual(deadParameters(full));
  expect(describeScope(SCOPES.unreached)).toBe(SCOPES.unreached.title);
});

test("modules hold exactly the published counts at full size", () => {
  const inModule = (module: string) => sizeOfAll([...full.keys()].filter((name) => moduleOf(name) === module));
  expect(inModule("embeddings")).toBe(23_837_184);
  expect(inModule("visual-input")).toBe(1_580_544);
  expect(inModule("language")).toBe(63_790_848);
  expect(inModule("cross-modality")).toBe(82_698_240);
  expect(inModule("object")).toBe(35_439_360);
  expect(inModule("pooler")).toBe(590_592);
  expect(inModule("head")).toBe(5_993_529);
  expect(inModule("other")).toBe(0);
});

test("the dead weights are the model's own, the last cross-modality layer's vision side: 7,087,872", () => {
  const dead = deadParameters(full);
  expect([...dead]).toEqual(modelDeadParameters(FULL));
  expect(sizeOfAll(dead)).toBe(7_087_872);
  expect([...dead].every((name) => name.includes("x_layers.4.visn_"))).toBe(true);
});

test.each(["encoder-matrices", "thesis", "all-matrices", "unreached"] as const)(
  "%s is chosen by name, not position",
  (scope) => {
    const shapes = lxmertShapes(TINY);
    const reordered = new Map([...shapes].reverse());
    expect([...prunableNames(reordered, scope)].sort(byName)).toEqual([...prunableNames(shapes, scope)].sort(byName));
  },
);

test("a switch adds its part and nothing else", () => {
  const shapes = lxmertShapes(TINY);
  const plain = prunableNames(shapes, "encoder-matrices");
  const more = prunableNames(shapes, { ...SCOPES["encoder-matrices"], title: "with pooler", pooler: true });
  expect(more.filter((name) => !plain.includes(name))).toEqual(["lxrt_encoder.model.bert.pooler.dense.weight"]);
  const norms = prunableNames(shapes, { ...SCOPES["encoder-matrices"], title: "with norms", layerNorms: true });
  expect(norms.filter((name) => !plain.includes(name)).every((name) => name.includes("LayerNorm"))).toBe(true);
});

test("a model with none of the names is an error that says so", () => {
  expect(() => prunableNames(new Map([["conv1.weight", [3, 3]]]), "thesis")).toThrow(/nothing to prune/);
});

test("a scope is described with its exceptions", () => {
  expect(describeScope(SCOPES.thesis)).toContain("but not logit_fc.3.bias");
});
