import { expect, test } from "vitest";
import { lxmertConfig } from "./config.ts";
import { forwardFlops } from "./flops.ts";

const WHOLE = { deadVision: false, classTokenOnly: false };

test("the full model takes about a third of a teraflop a training step at batch 32, three times the forward pass", () => {
  const { total } = forwardFlops(lxmertConfig({ savings: WHOLE }), { tokens: 20, regions: 36 });
  // 1.02 TFLOP a step was measured for the original, dead branches and padding counted.
  expect((3 * 32 * total) / 1e12).toBeCloseTo(1.02, 1);
});

test("a hand-counted layer: one language layer of hidden 4, inner width 8, two tokens", () => {
  const config = lxmertConfig({
    hidden: 4,
    heads: 1,
    intermediate: 8,
    layers: { language: 1, object: 0, cross: 0 },
    answers: 3,
    featureWidth: 5,
    savings: WHOLE,
  });
  const { total, byParameter } = forwardFlops(config, { tokens: 2, regions: 1 });
  const layer = [...byParameter].filter(([name]) => name.includes(".encoder.layer.0."));
  // Four matrices 4 x 4 and two 4 x 8 over two rows.
  expect(layer.reduce((sum, [, flops]) => sum + flops, 0)).toBe(2 * 2 * (4 * 16 + 2 * 32));
  const attention = 4 * 2 * 2 * 4;
  expect(total).toBe([...byParameter.values()].reduce((sum, flops) => sum + flops, 0) + attention);
});

test("what is never computed costs nothing", () => {
  const flops = (savings: typeof WHOLE) => forwardFlops(lxmertConfig({ savings }), { tokens: 13, regions: 36 });
  const saved = flops({ deadVision: true, classTokenOnly: true });
  expect(saved.total).toBeLessThan(flops(WHOLE).total);
  expect(saved.byParameter.get("lxrt_encoder.model.bert.encoder.x_layers.4.visn_inter.dense.weight")).toBe(0);
});
