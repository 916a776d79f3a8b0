import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCpuEngine, tf } from "@ticketbench/backend";
import {
  disposeInput,
  Lxmert,
  type LxmertConfig,
  lxmertConfig,
  parameterCount,
  parameterShapes,
  type Weights,
} from "@ticketbench/model";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "@ticketbench/model/node";
import { beforeAll, expect, test } from "vitest";
import { removeEmptied } from "./compact.ts";
import { lxmertShapes, randomWeights, TINY, tinyBatch } from "./conformance/tiny-model.ts";
import headsAndFfn from "./methods/heads-and-ffn.ts";
import magnitude from "./methods/magnitude.ts";
import { Mask } from "./mask.ts";
import { prune, type PruneOutcome } from "./prune.ts";
import { SCOPES } from "./scope.ts";
import { groupSize, headGroups, neuronGroups, placesOf } from "./structure.ts";

const shapes = lxmertShapes(TINY);
const weights = randomWeights(shapes, 21);
const structured = (sparsity: number): Promise<PruneOutcome> =>
  prune({ method: headsAndFfn, weights, scope: "encoder-matrices", sparsity, seed: 1, heads: TINY.heads });
beforeAll(() => openCpuEngine());

test("heads and neurons share no weight and cover every encoder matrix", () => {
  const seen = new Map<string, number>();
  for (const group of [...headGroups(shapes, TINY.heads), ...neuronGroups(shapes)].flat())
    for (const [name, index] of placesOf(group, shapes))
      seen.set(`${name} ${index}`, (seen.get(`${name} ${index}`) ?? 0) + 1);
  const size = [...shapes]
    .filter(([name, s]) => s.length === 2 && /\.[rx]?_?layers?\./.test(name))
    .reduce((n, [, s]) => n + (s[0] ?? 0) * (s[1] ?? 0), 0);
  expect(seen.size).toBe(size);
  expect(Math.max(...seen.values())).toBe(1);
});

test.each([0.1, 0.3, 0.5, 0.9])(
  "at %f whole groups go until the target is met to half a head, the weakest next to others of their layer",
  async (sparsity) => {
    const { mask, resolution } = await structured(sparsity);
    const head = 5 * 10 * 4;
    expect(resolution).toBe(head / 2);
    const lists = [...headGroups(shapes, TINY.heads), ...neuronGroups(shapes)].map((groups) => {
      const states = groups.map((group) => {
        const places = [...placesOf(group, shapes)];
        expect(groupSize(group, shapes)).toBe(places.length);
        const bits = places.map(([name, index]) => mask.toBytes(name)[index] ?? NaN);
        expect(new Set(bits).size).toBe(1);
        return {
          kept: bits[0] === 1,
          norm: Math.hypot(...places.map(([name, i]) => weights.get(name)?.values[i] ?? NaN)),
        };
      });
      const [stay, go] = [true, false].map((side) =>
        states.filter(({ kept }) => kept === side).map(({ norm }) => norm),
      );
      const mean = states.reduce((sum, { norm }) => sum + norm, 0) / states.length;
      const largest = Math.max(...states.map(({ norm }) => norm));
      expect(stay).not.toHaveLength(0);
      // What stays only because a layer must keep one says nothing about the others.
      const free = (stay ?? []).filter((norm) => norm < largest);
      return { weakestKept: Math.min(...free) / mean, strongestGone: Math.max(...(go ?? [])) / mean };
    });
    const weakestKept = Math.min(...lists.map((list) => list.weakestKept));
    expect(Math.max(...lists.map((list) => list.strongestGone))).toBeLessThanOrEqual(weakestKept);
    if (sparsity < 0.9) expect(Math.abs(mask.sparsity - sparsity) * mask.size()).toBeLessThanOrEqual(resolution);
  },
);

test("by hand: of two heads and two neurons the weaker head goes first, then the weaker neuron, and one of each stays", async () => {
  const layer = "bert.encoder.layer.0";
  const matrix = (...rows: readonly (readonly number[])[]) => ({
    shape: [rows.length, rows[0]?.length ?? 0],
    values: Float32Array.from(rows.flat()),
  });
  // Norms of the heads: 2 and 4, of mean 3; of the neurons: 5 and 3, of mean 4. 2/3 < 3/4.
  const hand = new Map([
    [`${layer}.attention.self.query.weight`, matrix([1, 0], [0, 2])],
    [`${layer}.attention.self.key.weight`, matrix([1, 0], [2, 0])],
    [`${layer}.attention.self.value.weight`, matrix([0, 1], [2, 0])],
    [`${layer}.attention.output.dense.weight`, matrix([1, 2], [0, 0])],
    [`${layer}.intermediate.dense.weight`, matrix([3, 0], [0, 0])],
    [`${layer}.output.dense.weight`, matrix([4, 3], [0, 0])],
  ]);
  const run = (sparsity: number) =>
    prune({ method: headsAndFfn, weights: hand, scope: "encoder-matrices", sparsity, seed: 1, heads: 2 });
  // A head has 8 weights, a neuron 4, the model 24.
  const kept = async (sparsity: number) => {
    const { mask } = await run(sparsity);
    return ["attention.self.query", "intermediate.dense"].map((name) =>
      mask.toBytes(`${layer}.${name}.weight`).join(""),
    );
  };
  expect(await kept(0.1)).toEqual(["1111", "1111"]);
  expect(await kept(8 / 24)).toEqual(["0011", "1111"]);
  expect(await kept(12 / 24)).toEqual(["0011", "1100"]);
  expect(await kept(0.95)).toEqual(["0011", "1100"]);
});

/** The logits of a batch by this model. */
function answers(config: LxmertConfig, own: Weights): Float32Array {
  const batch = tinyBatch(3, 5);
  const model = new Lxmert(config, own);
  const logits = tf.tidy(() => model.forward(batch, null).logits.dataSync<"float32">().slice());
  model.dispose();
  disposeInput(batch);
  return logits;
}

test.each([0.2, 0.6, 0.9])(
  "at %f the model without its emptied heads and neurons answers as the masked one",
  async (sparsity) => {
    const { mask, weights: masked } = await structured(sparsity);
    const compact = removeEmptied(mask, TINY, weights);
    const gone = parameterCount(parameterShapes(TINY)) - parameterCount(parameterShapes(compact.config));
    // What was pruned, and the biases of what is gone: three of every row of a head, one of a neuron.
    expect(gone).toBeGreaterThan(mask.size() - mask.kept());
    for (const [name, { shape }] of parameterShapes(compact.config))
      expect(compact.weights.get(name)?.shape).toEqual(shape);
    const [small, large] = [answers(compact.config, compact.weights), answers(TINY, masked)];
    large.forEach((logit, i) => expect(small[i]).toBeCloseTo(logit, 5));
  },
);

test("the smaller model is saved and read back with its config, and answers the same", async () => {
  const { mask } = await structured(0.6);
  const compact = removeEmptied(mask, TINY, weights);
  const folder = await mkdtemp(join(tmpdir(), "ticketbench-compact-"));
  const path = join(folder, "small.safetensors");
  await writeSafetensors(path, compact.weights, { metadata: new Map([["config", JSON.stringify(compact.config)]]) });
  const { metadata } = await readSafetensorsHeader(path);
  const config = lxmertConfig(JSON.parse(metadata.get("config") ?? "") as LxmertConfig);
  expect(config).toEqual(compact.config);
  expect(answers(config, await readSafetensors(path))).toEqual(answers(compact.config, compact.weights));
  await rm(folder, { recursive: true });
});

test("a sublayer whose heads or neurons are all cut off keeps one that does nothing", async () => {
  const { mask } = await structured(0.3);
  const cut = (name: string) => /layer\.0\.(attention\.)?output\.dense\.weight$/.test(name);
  const bytes = mask.prunable.map((name) => [name, mask.toBytes(name).map((bit) => (cut(name) ? 0 : bit))] as const);
  const empty = Mask.fromBytes(shapes, new Map(bytes));
  const compact = removeEmptied(empty, TINY, weights);
  expect(compact.config.remaining?.heads["encoder.layer.0.attention"]).toBe(1);
  expect(compact.config.remaining?.units["encoder.layer.0.intermediate"]).toBe(1);
  const [small, large] = [answers(compact.config, compact.weights), answers(TINY, empty.apply(weights))];
  large.forEach((logit, i) => expect(small[i]).toBeCloseTo(logit, 5));
});

test("a mask that cuts off no head and no neuron changes no shape", async () => {
  const { mask } = await prune({ method: magnitude, weights, scope: "encoder-matrices", sparsity: 0.3, seed: 1 });
  const compact = removeEmptied(mask, TINY, weights);
  expect(compact.config).toEqual(TINY);
  expect(compact.weights).toEqual(mask.apply(weights));
});

test("without the number of heads, or with matrices out of scope, the request is refused", async () => {
  const settings = { method: headsAndFfn, weights, scope: "encoder-matrices", sparsity: 0.5, seed: 1 } as const;
  await expect(prune(settings)).rejects.toThrow(/needs the number of heads/);
  const scope = { ...SCOPES["encoder-matrices"], exclude: ["encoder.layer.0.output.dense.weight"] };
  await expect(prune({ ...settings, heads: TINY.heads, scope })).rejects.toThrow(
    /layer.0.output.dense.weight in the scope/,
  );
});
