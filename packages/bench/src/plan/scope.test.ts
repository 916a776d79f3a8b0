import { lxmertConfig, parameterShapes } from "@ticketbench/model";
import { prunableNames } from "@ticketbench/prune";
import { expect, test } from "vitest";
import { prunableWords } from "../cell/prunable.ts";
import { parseStudy } from "../study/load.ts";
import { scopeName, scopeOf } from "./scope.ts";

/** A study's scope, with what is left out filled in. */
function scopeFrom(scope: unknown) {
  return parseStudy({ name: "x", dataset: { kind: "mini-vqa" }, start: { kind: "random" }, scope }, "x").scope;
}

const full = parameterShapes(lxmertConfig());
const shapes = new Map([...full].map(([name, { shape }]) => [name, shape]));

test("switches add to the encoders' matrices, by the parts' names", () => {
  const encoders = prunableNames(shapes, "encoder-matrices");
  expect(prunableNames(shapes, scopeOf(scopeFrom({})))).toEqual(encoders);
  const more = prunableNames(shapes, scopeOf(scopeFrom({ pooler: true })));
  expect(more.filter((name) => !encoders.includes(name))).toEqual(["lxrt_encoder.model.bert.pooler.dense.weight"]);
  const all = { embeddings: true, visualInput: true, pooler: true, head: true, biases: true, layerNorms: true };
  expect(prunableNames(shapes, scopeOf(scopeFrom(all)))).toEqual([...full.keys()]);
});

test("results and plans say what was on, and how much that is", () => {
  expect(scopeName(scopeFrom("thesis"))).toBe("thesis");
  expect(scopeName(scopeFrom({ biases: true, embeddings: true }))).toBe("encoder-matrices + embeddings + biases");
  const words = prunableWords(lxmertConfig(), scopeOf(scopeFrom("encoder-matrices")));
  expect(words).toBe(
    "181,665,792 of 213,930,297 weights (84.9 %) in 164 of 455 tensors:\n" +
      "the matrices of the language, object and cross-modality encoders",
  );
});
